/** Where one limit stands after a request. */
export interface Standing {
  readonly name: 'rate' | 'quota';
  readonly limit: number;
  readonly windowSeconds: number;
  readonly remaining: number;
  /** When the allowance is whole again or, for what is refused, when the next request is let in. */
  readonly resetInMillis: number;
}

/**
 * The header lines that tell a client where its limits stand, names and values by turns: `RateLimit` and
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

/** Whole seconds, at least as long. */
export function seconds(millis: number): number {
  return Math.ceil(millis / 1000);
}

function tightestOf(standings: readonly Standing[]): Standing | undefined {
  const [first, ...others] = standings;
  return first && others.reduce((tightest, one) => (one.remaining < tightest.remaining ? one : tightest), first);
}
