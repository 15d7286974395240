import type { RateLimit } from '../../common/rate-limit';

/** What became of one request under a limit. */
export interface Taken {
  readonly admitted: boolean;
  /** How many more would be let in at this moment. */
  readonly remaining: number;
  /** Milliseconds until the whole allowance is back. */
  readonly fullInMillis: number;
  /** Milliseconds until the next request is let in; 0 where it would be now. */
  readonly retryInMillis: number;
}

/** Counts requests against rate limits. In memory here; one that several instances share would answer with a promise. */
export abstract class RateLimiter {
  /** Takes one request out of the allowance of a line of keys. What is not let in costs nothing. */
  abstract take(lineId: string, limit: RateLimit): Taken | Promise<Taken>;
}
