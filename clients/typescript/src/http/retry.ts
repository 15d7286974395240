import { ApiError, ConnectionError, TimeoutError } from '../errors';
import { pause, type Abortable } from './timing';

export interface RetryOptions {
  /** The longest wait before the first retry. It doubles with each further one. Default: 500 */
  readonly initialDelayMillis?: number;
  /** The longest wait before a retry, unless the server asks for a longer one. Default: 30,000 */
  readonly maxDelayMillis?: number;
  /** No retry begins later than this after the first attempt. 0: no retries */
  readonly maxRetryMillis?: number;
}

export type RetryPolicy = Required<RetryOptions>;

export const CALL_RETRIES: RetryPolicy = { initialDelayMillis: 500, maxDelayMillis: 30_000, maxRetryMillis: 30_000 };

/** Request Timeout, Too Many Requests, Bad Gateway, Service Unavailable, Gateway Timeout, Insufficient Storage: they pass. */
const PASSING = new Set([408, 429, 502, 503, 504, 507]);
/** The server's own sign that it could not find out whether it stored something. */
const OUTCOME_UNKNOWN = 'outcome_unknown';

/** Whether a request that changes nothing, or the same as before, is worth sending again. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ConnectionError || error instanceof TimeoutError) return true;
  return error instanceof ApiError && PASSING.has(error.status);
}

/** Whether a failed request certainly did nothing: the server says that it refused it before it began. */
export function isRefusedUndone(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.code === undefined) return false;
  return error.status === 429 || (error.status === 503 && error.code !== OUTCOME_UNKNOWN);
}

/**
 * How long to wait after so many failures: a random time, so that clients that failed together do not come back together, and never less
 * than the server asks for.
 */
export function delayOf(policy: RetryPolicy, failures: number, error: unknown, random = Math.random): number {
  const most = Math.min(policy.maxDelayMillis, policy.initialDelayMillis * 2 ** Math.min(failures, 30));
  const own = most / 2 + (random() * most) / 2;
  const asked = error instanceof ApiError ? error.retryAfterMillis : undefined;
  return asked === undefined ? own : Math.max(own, asked + random() * Math.min(most, 1000));
}

export interface Retries extends Abortable {
  readonly policy: RetryPolicy;
  readonly isRetriable: (error: unknown) => boolean;
  readonly onRetry?: (error: unknown, waitMillis: number) => void;
}

/**
 * Calls until it succeeds.
 *
 * @throws the last error, if it is not retriable or the next attempt would begin too late
 */
export async function withRetries<T>(call: () => Promise<T>, retries: Retries): Promise<T> {
  const { policy, isRetriable, onRetry, signal } = retries;
  const startedAt = performance.now();
  for (let failures = 0; ; failures++) {
    try {
      return await call();
    } catch (error) {
      if (signal?.aborted || !isRetriable(error)) throw error;
      const wait = delayOf(policy, failures, error);
      if (performance.now() - startedAt + wait > policy.maxRetryMillis) throw error;
      onRetry?.(error, wait);
      await pause(wait, signal);
    }
  }
}

/**
 * The milliseconds that `Retry-After` asks for, as seconds or as a date (RFC 9110 §10.2.3).
 *
 * @param date the `Date` header of the same response: the client's clock may differ
 */
export function retryAfterMillis(value: string | null, date: string | null): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000;
  if (!/^[A-Za-z]{3}/.test(text)) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return undefined;
  const now = date === null ? NaN : Date.parse(date);
  return Math.max(0, at - (Number.isNaN(now) ? Date.now() : now));
}
