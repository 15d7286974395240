import { HttpException } from '@nestjs/common';

/** The titles that a reply's `error` field takes, by status. */
export const TITLES: Readonly<Record<number, string>> = {
  400: 'Validation Error',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  417: 'Expectation Failed',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  507: 'Insufficient Storage',
};

/** One way to say no: a status and the sentence that goes with it. `<name>` stands for a word known at the time. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  /** What else its body holds, as examples show it. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** Declares a refusal. Each one is told in `docs/errors.md`. */
export function refusal(status: number, message: string, more?: Refusal['more']): Refusal {
  return { status, message, ...(more && { more }) };
}

/** One thing that is wrong with a request, and where: `['body', 'name']`. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** What a client can tell this problem by, where it may act on it: it never changes. */
  readonly code?: string;
}

export interface ErrorExtras {
  /** The words for the `<…>` in the refusal's sentence. */
  readonly words?: Readonly<Record<string, string>>;
  readonly details?: readonly Problem[];
  readonly headers?: Readonly<Record<string, string>>;
  /** What else the reply's body holds: an `apiKeyId`. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** What a client is told: `{ error, message }`, and `details` where there is more to tell. */
export class ApiError extends HttpException {
  readonly headers: Readonly<Record<string, string>>;

  constructor(said: Refusal, { words, details, headers, body }: ErrorExtras = {}) {
    const message = sentenceOf(said, words);
    super({ ...errorBody(said.status, message, details), ...body }, said.status);
    this.message = message;
    this.headers = headers ?? {};
  }
}

/** The one shape of every error reply. */
export function errorBody(status: number, message: string, details?: readonly Problem[]) {
  return { error: TITLES[status] ?? 'Error', message, ...(details && { details }) };
}

/** A 400 for one or several problems, the first of which gives the sentence. */
export class ValidationError extends ApiError {
  constructor(problems: readonly [Problem, ...Problem[]]) {
    const [first] = problems;
    const sentenceTellsAll = problems.length === 1 && first.path.length <= 2;
    super(refusal(400, first.message), sentenceTellsAll ? {} : { details: problems });
  }
}

/** Characters that an error shows of a name that a client sent. */
export const LONGEST_SHOWN_NAME = 256;

/** A name that a client sent, as an error shows it: cut where it is absurdly long. */
export function shortName(name: string): string {
  return name.length <= LONGEST_SHOWN_NAME ? name : `${name.slice(0, LONGEST_SHOWN_NAME)}…`;
}

/** A refusal's sentence with the words of the time. */
export function sentenceOf({ message }: Refusal, words: ErrorExtras['words'] = {}): string {
  return message.replace(/<(\w+)>/g, (hole, name: string) => words[name] ?? hole);
}

export const INTERNAL = refusal(500, 'Something went wrong on the server');
export const DATABASE_UNAVAILABLE = refusal(503, 'The database cannot be used right now. Please try again');
export const DATABASE_LOCKED = refusal(503, 'Another program has locked the database. Please try again');
export const DATABASE_FILE_GONE = refusal(
  503,
  'The database file was deleted, moved or replaced. The operator must restart the server',
);
export const DATABASE_OTHER_VERSION = refusal(
  503,
  'Another version of the server has changed the database. The operator must update this server',
);
export const DATABASE_DAMAGED = refusal(500, 'The database is damaged. The operator must restore it from a backup');
export const DISK_FULL = refusal(507, "The database's disk is full. Delete data, or ask the operator to make room");
export const OUTCOME_UNKNOWN = refusal(
  503,
  'The connection to the database was lost during the commit, so the request may have been carried out. Check before you send it again',
);
export const TOO_MANY_CONNECTIONS = refusal(
  503,
  'The server has too many open connections. Please try again in a few seconds',
);
export const TOO_MANY_CONNECTIONS_OF_ADDRESS = refusal(
  503,
  'Your address has too many open connections. Close some, or reuse them',
);
export const ROUTE_NOT_FOUND = refusal(404, 'Route not found: <method> <path>');
export const METHOD_NOT_ALLOWED = refusal(405, 'Method <method> is not allowed here. Allowed: <allowed>');
export const BODY_NOT_JSON = refusal(400, 'Request body is not valid JSON');
export const BODY_NOT_OBJECT = refusal(400, 'Request body must be a JSON object');
export const BODY_NOT_CSV = refusal(400, 'Request body is not valid CSV');
export const CSV_HEADER_WRONG = refusal(400, 'The first line of the CSV must name the columns <columns>');
export const CSV_COLUMN_UNKNOWN = refusal(400, 'Unknown CSV column: <name>');
export const CSV_COLUMN_REPEATED = refusal(400, 'The CSV names the column <name> more than once');
export const BODY_NOT_UTF8 = refusal(400, 'Request body is not valid UTF-8');
export const TOO_MANY_LONG_INTEGERS = refusal(
  400,
  'Request body has more than 1000 integers beyond 2^53 that would be rounded; send them as strings',
);
export const BODY_TOO_DEEP = refusal(400, 'Request body is nested too deeply. At most <limit> levels are allowed');
export const BODY_HAS_TOO_MANY_VALUES = refusal(
  400,
  'Request body has too many values. At most <limit> are allowed, and at most <part> outside of a list or in one item',
);
export const BODY_CUT_SHORT = refusal(400, 'Request body ended before it was complete');
export const BODY_NOT_GZIP = refusal(400, 'Request body is not valid gzip');
export const BODY_TOO_LARGE = refusal(413, 'Request body must be <limit> bytes or less');
export const BODIES_BUSY = refusal(503, 'Too many large request bodies are being read right now. Please try again');
export const CONTENT_TYPE_NOT_JSON = refusal(415, 'Content-Type must be application/json');
export const CONTENT_TYPE_NOT_JSON_OR_CSV = refusal(415, 'Content-Type must be application/json or text/csv');
export const CHARSET_NOT_UTF8 = refusal(415, 'The charset of the request body must be utf-8');
export const CONTENT_ENCODING_UNKNOWN = refusal(415, 'Content-Encoding must be gzip or identity');
export const UNKNOWN_PROPERTY = refusal(400, 'Unknown property: <name>');
export const UNKNOWN_QUERY_PARAMETER = refusal(400, 'Unknown query parameter: <name>');
export const AFTER_UNKNOWN = refusal(
  400,
  'after must be the _id of an entry of this list, or of one that was deleted from it',
);
export const AFTER_AND_OFFSET = refusal(400, 'Send either after or offset');
export const PATH_NOT_DECODABLE = refusal(400, 'Request path is not validly encoded');
export const HOST_MISSING = refusal(400, 'Host header is required');
export const REQUEST_MALFORMED = refusal(400, 'Request is not valid HTTP');
export const REQUEST_TIMEOUT = refusal(408, 'Request did not arrive completely in time');
export const HEADERS_TOO_LARGE = refusal(431, 'Request headers are too large');
export const EXPECTATION_FAILED = refusal(417, 'Only Expect: 100-continue is understood');
export const HOST_REPEATED = refusal(400, 'Host header must be given once');
