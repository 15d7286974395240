import fc from 'fast-check';
import { TokenBuckets } from './token-buckets';

/** The bucket as it is commonly told: so many tokens, filling evenly, and one taken by each request that is let in. */
function simpleBucket(limit: number, windowMillis: number) {
  let tokens = limit;
  let at = 0;
  return (now: number) => {
    tokens = Math.min(limit, tokens + ((now - at) * limit) / windowMillis);
    at = now;
    if (tokens < 1 - 1e-6) return { admitted: false, remaining: 0 };
    tokens -= 1;
    return { admitted: true, remaining: Math.floor(tokens + 1e-6) };
  };
}

describe('a token bucket', () => {
  it('lets the whole allowance in at once, and then as many as come back', () => {
    const buckets = new TokenBuckets();
    const take = (now: number) => buckets.take('k', { limit: 3, windowSeconds: 6 }, now);
    expect([take(1000), take(1000), take(1000)].map(({ remaining }) => remaining)).toEqual([2, 1, 0]);
    expect(take(1000)).toEqual({ admitted: false, remaining: 0, fullInMillis: 6000, retryInMillis: 2000 });
    expect(take(2999).admitted).toBe(false);
    expect(take(3000)).toEqual({ admitted: true, remaining: 0, fullInMillis: 6000, retryInMillis: 0 });
    expect(take(60_000)).toEqual({ admitted: true, remaining: 2, fullInMillis: 2000, retryInMillis: 0 });
  });

  it('does as the simple model does, whatever comes when', () => {
    const limits = fc.record({
      limit: fc.integer({ min: 1, max: 50 }),
      windowSeconds: fc.integer({ min: 1, max: 100 }),
    });
    const waits = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20_000 })), { maxLength: 200 });
    fc.assert(
      fc.property(limits, waits, (limit, steps) => {
        const buckets = new TokenBuckets();
        const model = simpleBucket(limit.limit, limit.windowSeconds * 1000);
        let now = 0;
        for (const step of steps) {
          now += step;
          const { admitted, remaining } = buckets.take('k', limit, now);
          expect({ admitted, remaining }).toEqual(model(now));
        }
      }),
    );
  });

  it('lets a request in after exactly the time that it was told to wait', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 86_400 }), (limit, windowSeconds) => {
        const buckets = new TokenBuckets();
        let taken = buckets.take('k', { limit, windowSeconds }, 5);
        while (taken.admitted) taken = buckets.take('k', { limit, windowSeconds }, 5);
        expect(buckets.take('k', { limit, windowSeconds }, 5 + taken.retryInMillis * 0.99).admitted).toBe(false);
        expect(buckets.take('k', { limit, windowSeconds }, 5 + taken.retryInMillis).admitted).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('keeps keys apart, and takes a changed limit from the next request on', () => {
    const buckets = new TokenBuckets();
    for (let i = 0; i < 100; i++) buckets.take('busy', { limit: 100, windowSeconds: 100 }, 0);
    expect(buckets.take('quiet', { limit: 1, windowSeconds: 100 }, 0).admitted).toBe(true);
    // Never longer than the new window takes.
    const lowered = buckets.take('busy', { limit: 2, windowSeconds: 10 }, 0);
    expect(lowered).toEqual({ admitted: false, remaining: 0, fullInMillis: 10_000, retryInMillis: 5000 });
    expect(buckets.take('busy', { limit: 2, windowSeconds: 10 }, 5000).admitted).toBe(true);
    expect(buckets.take('busy', { limit: 1000, windowSeconds: 200 }, 5000)).toMatchObject({
      admitted: true,
      remaining: 949,
    });
  });

  it('forgets what is full', () => {
    const buckets = new TokenBuckets();
    for (let i = 0; i < 1000; i++) buckets.take(`key ${i}`, { limit: 10, windowSeconds: 60 }, 0);
    expect(buckets.size).toBe(1000);
    buckets.take('another', { limit: 10, windowSeconds: 60 }, 61_000);
    expect(buckets.size).toBe(1);
  });
});
