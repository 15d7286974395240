/** One problem of a request, as the server's `details` list it. */
export interface ProblemDetail {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint?: string;
  /** Offsets into the text at `path`. */
  readonly at?: { readonly start: number; readonly end: number };
  readonly expected?: readonly string[];
}

/** What is known of a refused or failed request. */
export interface ProblemFacts {
  /** 0 where no response came. */
  readonly status: number;
  /** The stable code of the error, which has a section in the errors page. */
  readonly code?: string | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly details?: readonly ProblemDetail[] | undefined;
}

/** A request that was not answered as wanted. Its message is the server's own sentence. */
export class ApiProblem extends Error implements ProblemFacts {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly details: readonly ProblemDetail[];

  constructor(message: string, { status, code, requestId, retryAfterSeconds, details = [] }: ProblemFacts) {
    super(message);
    this.status = status;
    this.code = code;
    this.requestId = requestId;
    this.retryAfterSeconds = retryAfterSeconds;
    this.details = details;
  }

  /** No response came: the server is stopped, or the network is gone. */
  get isUnreachable(): boolean {
    return this.status === 0;
  }

  /** What is wrong with a field of the body, for a form to show beside it. */
  messageOf(field: string): string | undefined {
    return this.details.find(({ path }) => path.includes(field))?.message;
  }
}

export const UNREACHABLE = 'The server cannot be reached. Trying again …';

/** The problem that a response with an error status stands for, given its parsed body. */
export function problemOf({ status, headers }: Pick<Response, 'status' | 'headers'>, body: unknown): ApiProblem {
  const { message, details } = (typeof body === 'object' && body !== null ? body : {}) as {
    message?: unknown;
    details?: unknown;
  };
  const seconds = Number(headers.get('Retry-After') ?? NaN);
  return new ApiProblem(typeof message === 'string' ? message : sentenceOf(status), {
    status,
    code: headers.get('X-Error-Code') ?? undefined,
    requestId: headers.get('X-Request-Id') ?? undefined,
    retryAfterSeconds: Number.isFinite(seconds) ? seconds : undefined,
    details: Array.isArray(details) ? (details as ProblemDetail[]) : undefined,
  });
}

/** For a response that is not the server's own: that of a proxy before it. */
function sentenceOf(status: number): string {
  return status >= 500 ? `The server answered with status ${status}` : `The request was refused with status ${status}`;
}
