import { ApiError, ConnectionError, DakkioError } from '../errors';
import { encodeBody, type EncodedBody } from './gzip';
import { errorOf } from './responses';
import { CALL_RETRIES, isPassing, isRefusedUndone, withRetries, type RetryOptions, type RetryPolicy } from './retry';
import { Watch, type Abortable } from './timing';

export interface ClientOptions {
  /** Where the server is: `https://dakkio.example.com`, or with a path, if a proxy serves it below one. */
  readonly url: string;
  /** An API key. It is sent in a header, and is in no URL, error or log. */
  readonly key: string;
  /** How long to wait for a response. Default: 30,000. Exports and streams may go on for longer. */
  readonly timeoutMillis?: number;
  /** How calls that can be repeated safely are retried: `maxRetryMillis` is 30,000 by default. */
  readonly retry?: RetryOptions;
  /** Bodies of at least this length are compressed. Default: 1024. `Infinity`: none */
  readonly gzipAbove?: number;
  /** Instead of the platform's `fetch`. */
  readonly fetch?: typeof fetch;
}

/** What every call takes. */
export interface CallOptions extends Abortable {
  /** Instead of the client's own. */
  readonly timeoutMillis?: number;
}

/** Options of calls that create something. */
export interface CreateOptions extends CallOptions {
  /** With it, a lost response is no problem: the call is retried, and the server creates nothing twice. 1 to 255 visible ASCII characters. */
  readonly idempotencyKey?: string;
}

export type QueryValue = string | number | boolean | readonly (string | number)[] | undefined;

export interface ApiRequest extends CreateOptions {
  readonly query?: object | undefined;
  readonly body?: object | undefined;
  /** A body that is already encoded JSON. */
  readonly encoded?: EncodedBody | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the call may be sent twice. Default: for GET, PUT, PATCH, and with an `idempotencyKey` */
  readonly isRepeatable?: boolean;
  /** Instead of the client's own. */
  readonly retry?: RetryPolicy;
  readonly onRetry?: (error: unknown, waitMillis: number) => void;
  /** Checks the JSON of a response. What it throws can be retried. */
  readonly read?: (json: unknown) => unknown;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const DEFAULT_TIMEOUT_MILLIS = 30_000;
const REPEATABLE: readonly Method[] = ['GET', 'PUT', 'PATCH'];

/** Sends requests to one server with one key. */
export class Connection {
  readonly gzipAbove: number;
  readonly timeoutMillis: number;
  readonly policy: RetryPolicy;
  private readonly base: string;
  private readonly fetch: typeof fetch;
  /** Not visible to `console.log` and `JSON.stringify`. */
  #key: string;

  constructor(options: ClientOptions) {
    this.base = baseOf(options.url);
    this.#key = checkedKey(options.key);
    this.timeoutMillis = options.timeoutMillis ?? DEFAULT_TIMEOUT_MILLIS;
    this.gzipAbove = options.gzipAbove ?? 1024;
    this.policy = { ...CALL_RETRIES, ...options.retry };
    // A browser's fetch must not be called as a method.
    this.fetch = options.fetch ?? ((...request) => globalThis.fetch(...request));
  }

  useKey(key: string): void {
    this.#key = checkedKey(key);
  }

  /** Sends a request, again if it is safe, and reads the JSON of the response. */
  async json<T>(method: Method, path: string, request: ApiRequest = {}): Promise<T> {
    const { signal, body, idempotencyKey, onRetry, retry: policy = this.policy } = request;
    const isRepeatable = request.isRepeatable ?? (REPEATABLE.includes(method) || idempotencyKey !== undefined);
    const encoded = request.encoded ?? (body && (await encodeBody(JSON.stringify(body), this.gzipAbove)));
    const attempt = () => this.attempt<T>(method, path, { ...request, encoded });
    const isRetriable = isRepeatable ? isPassing : isRefusedUndone;
    return withRetries(attempt, { policy, signal, isRetriable, ...(onRetry && { onRetry }) });
  }

  private async attempt<T>(method: Method, path: string, request: ApiRequest): Promise<T> {
    const watch = new Watch(request.signal, request.timeoutMillis ?? this.timeoutMillis, 'The server did not answer');
    try {
      const response = await this.send(method, path, { ...request, signal: watch.signal });
      const json = parsed(await bodyOf(response));
      return (request.read ? request.read(json) : json) as T;
    } catch (cause) {
      throw watch.causeOf(cause);
    } finally {
      watch.end();
    }
  }

  /**
   * Sends a request once, and returns its successful response with an unread body.
   *
   * @throws ApiError for any other response, ConnectionError if there is none
   */
  async send(method: Method, path: string, request: ApiRequest): Promise<Response> {
    const { query, encoded, signal, idempotencyKey } = request;
    const headers: Record<string, string> = {
      Accept: 'application/json',
      ...request.headers,
      'X-API-Key': this.#key,
      ...(encoded && { 'Content-Type': 'application/json' }),
      ...(encoded?.encoding && { 'Content-Encoding': encoded.encoding }),
      ...(idempotencyKey !== undefined && { 'Idempotency-Key': idempotencyKey }),
    };
    const init: RequestInit = { method, headers, redirect: 'manual', credentials: 'omit' };
    if (encoded) init.body = encoded.body;
    if (signal) init.signal = signal;
    const response = await this.reach(this.base + path + searchOf(query), init);
    if (response.ok) return response;
    // A redirect is not followed: the key would go to the other address.
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
      await response.body?.cancel();
      throw new DakkioError('The server redirects to another address. Set url to the address that it redirects to');
    }
    throw errorOf(response, await bodyOf(response));
  }

  private async reach(url: string, init: RequestInit): Promise<Response> {
    try {
      return await this.fetch(url, init);
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      throw new ConnectionError('The server cannot be reached', { cause });
    }
  }
}

/** @throws ConnectionError if the connection breaks before the end */
async function bodyOf(response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (cause) {
    throw new ConnectionError('The connection broke before the whole response was received', { cause });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new ConnectionError('The response is not JSON: something else than the server may have answered', { cause });
  }
}

function baseOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw new DakkioError('url must begin with http:// or https://');
  if (url.username || url.password || url.search || url.hash)
    throw new DakkioError('url must not contain credentials, a query or a fragment');
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/** What is no header value would be shown whole in the error that `fetch` throws. */
function checkedKey(key: string): string {
  const text = typeof key === 'string' ? key.trim() : '';
  if (!/^[\x21-\x7e]+$/.test(text)) throw new DakkioError('key must be an API key, such as dakkio_w_…');
  return text;
}

function searchOf(query: object = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query) as [string, QueryValue][]) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) search.append(name, String(one));
  }
  const text = search.toString();
  return text && `?${text}`;
}

/** Whether an error is the server's answer that a body is too large. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof ApiError && error.status === 413;
}
