import type { RateLimit } from '../../common/rate-limit';

/** The result of one request under a limit. */
export interface Taken {
  readonly admitted: boolean;
  /** How many more requests would be admitted now. */
  readonly remaining: number;
  /** Milliseconds until the whole allowance is back. */
  readonly fullInMillis: number;
  /** Milliseconds until the next request is admitted. 0: now. */
  readonly retryInMillis: number;
}

/** Counts requests against rate limits. An implementation that several instances share returns promises. */
export abstract class RateLimiter {
  /** Takes one request from the allowance of a rotation line. A refused request takes nothing. */
  abstract take(lineId: string, limit: RateLimit): Taken | Promise<Taken>;
}
