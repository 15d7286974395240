import { rateHeaders } from './rate-headers';

const RATE = { name: 'rate', limit: 600, windowSeconds: 60, remaining: 599, resetInMillis: 100 } as const;
const QUOTA = { name: 'quota', limit: 1000, windowSeconds: 86_400, remaining: 12, resetInMillis: 3_600_000 } as const;

describe('the headers of limits', () => {
  it('tell of one limit', () => {
    expect(rateHeaders([RATE], 1_700_000_000_000)).toEqual([
      ...['RateLimit-Policy', '"rate";q=600;w=60'],
      ...['RateLimit', '"rate";r=599;t=1'],
      ...['X-RateLimit-Limit', '600', 'X-RateLimit-Remaining', '599', 'X-RateLimit-Reset', '1700000001'],
    ]);
  });

  it('tell of two, the older ones of the tighter', () => {
    expect(rateHeaders([RATE, QUOTA], 1_700_000_000_000)).toEqual([
      ...['RateLimit-Policy', '"rate";q=600;w=60, "quota";q=1000;w=86400'],
      ...['RateLimit', '"rate";r=599;t=1, "quota";r=12;t=3600'],
      ...['X-RateLimit-Limit', '1000', 'X-RateLimit-Remaining', '12', 'X-RateLimit-Reset', '1700003600'],
    ]);
  });

  it('are absent without a limit', () => {
    expect(rateHeaders([], 0)).toEqual([]);
  });
});
