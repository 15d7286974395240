/** A number of requests per time window. */
export interface RateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** A number of requests per calendar day or month (UTC). */
export interface Quota {
  readonly limit: number;
  readonly per: 'day' | 'month';
}

/** Minimum and maximum of each value. */
export const RATE_LIMIT_BOUNDS = { limit: [1, 1_000_000], windowSeconds: [1, 86_400] } as const;
export const QUOTA_BOUNDS = { limit: [1, 1_000_000_000] } as const;
