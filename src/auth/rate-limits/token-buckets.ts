import { Injectable } from '@nestjs/common';
import type { RateLimit } from '../../common/rate-limit';
import { RateLimiter, type Taken } from './rate-limiter';

const SWEEP_EVERY_MILLIS = 60_000;

/**
 * A token bucket for each key, of this process: it holds as many requests as the limit, and fills evenly within the window.
 * Of each, one number is kept: when it will be full (the generic cell rate algorithm). Full ones are forgotten.
 *
 * Time is that of a clock that never goes back, or a correction of the system's would lock keys out.
 */
@Injectable()
export class TokenBuckets extends RateLimiter {
  private readonly fullAt = new Map<string, number>();
  private sweptAt = 0;

  override take(id: string, { limit, windowSeconds }: RateLimit, nowMillis = performance.now()): Taken {
    if (nowMillis - this.sweptAt > SWEEP_EVERY_MILLIS) this.sweep(nowMillis);
    const window = windowSeconds * 1000;
    const each = window / limit;
    // More than a window may be owed where the limit was changed meanwhile. It is forgotten, or the wait told would be too short.
    const before = Math.min(Math.max(this.fullAt.get(id) ?? 0, nowMillis), nowMillis + window);
    const after = before + each;
    // A thousandth of a millisecond for what sums of fractions lose.
    const admitted = after - nowMillis <= window + 0.001;
    const fullAt = admitted ? after : before;
    this.fullAt.set(id, fullAt);
    const room = window - (fullAt - nowMillis);
    return {
      admitted,
      remaining: Math.max(0, Math.floor(room / each + 1e-6)),
      fullInMillis: Math.min(fullAt - nowMillis, window),
      retryInMillis: admitted ? 0 : Math.max(0, after - nowMillis - window),
    };
  }

  /** How many buckets are not full. */
  get size(): number {
    return this.fullAt.size;
  }

  private sweep(nowMillis: number): void {
    this.sweptAt = nowMillis;
    for (const [id, fullAt] of this.fullAt) if (fullAt <= nowMillis) this.fullAt.delete(id);
  }
}
