/** So many requests in so long a time. */
export interface RateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** So many requests in each day or month of UTC. */
export interface Quota {
  readonly limit: number;
  readonly per: 'day' | 'month';
}

/** The least and the most of each. */
export const RATE_LIMIT_BOUNDS = { limit: [1, 1_000_000], windowSeconds: [1, 86_400] } as const;
export const QUOTA_BOUNDS = { limit: [1, 1_000_000_000] } as const;
