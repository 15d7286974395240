/** The state of one limit after a request. */
export interface Standing {
  readonly name: 'rate' | 'quota';
  readonly limit: number;
  readonly windowSeconds: number;
  readonly remaining: number;
  /** When the allowance is full again or, after a refusal, when the next request is admitted. */
  readonly resetInMillis: number;
}

/**
 * The rate limit headers, alternating names and values: `RateLimit` and
 * `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10), and the older `X-RateLimit-…` of the tightest limit, whose
 * reset is in seconds since 1970.
 */
export function rateHeaders(standings: readonly Standing[], nowMillis: number): readonly string[] {
  const tightest = tightestOf(standings);
  if (!tightest) return [];
  let policy = '';
  let state = '';
  for (const { name, limit, windowSeconds, remaining, resetInMillis } of standings) {
    const comma = policy === '' ? '' : ', ';
    policy += `${comma}"${name}";q=${limit};w=${windowSeconds}`;
    state += `${comma}"${name}";r=${remaining};t=${seconds(resetInMillis)}`;
  }
  return [
    'RateLimit-Policy',
    policy,
    'RateLimit',
    state,
    'X-RateLimit-Limit',
    String(tightest.limit),
    'X-RateLimit-Remaining',
    String(tightest.remaining),
    'X-RateLimit-Reset',
    String(Math.ceil((nowMillis + tightest.resetInMillis) / 1000)),
  ];
}

/** Whole seconds, rounded up. */
export function seconds(millis: number): number {
  return Math.ceil(millis / 1000);
}

function tightestOf(standings: readonly Standing[]): Standing | undefined {
  const [first, ...others] = standings;
  return first && others.reduce((tightest, one) => (one.remaining < tightest.remaining ? one : tightest), first);
}
