import { Injectable } from '@nestjs/common';
import type { RateLimit } from '../../common/rate-limit';
import { RateLimiter, type Taken } from './rate-limiter';

const SWEEP_EVERY_MILLIS = 60_000;

/**
 * A token bucket per rotation line, in this process: it holds as many requests as the limit and refills evenly within the window.
 * Only the time at which it is full is stored (generic cell rate algorithm). Full buckets are removed.
 *
 * The clock is monotonic: a corrected system clock must not lock keys out.
 */
@Injectable()
export class TokenBuckets extends RateLimiter {
  private readonly fullAt = new Map<string, number>();
  private sweptAt = 0;

  override take(id: string, { limit, windowSeconds }: RateLimit, nowMillis = performance.now()): Taken {
    if (nowMillis - this.sweptAt > SWEEP_EVERY_MILLIS) this.sweep(nowMillis);
    const window = windowSeconds * 1000;
    const each = window / limit;
    // A changed limit may leave more than a window to refill. The excess is dropped, or `retryInMillis` would be too short.
    const before = Math.min(Math.max(this.fullAt.get(id) ?? 0, nowMillis), nowMillis + window);
    const after = before + each;
    // A microsecond of tolerance for rounding errors.
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

  /** The number of buckets that are not full. */
  get size(): number {
    return this.fullAt.size;
  }

  private sweep(nowMillis: number): void {
    this.sweptAt = nowMillis;
    for (const [id, fullAt] of this.fullAt) if (fullAt <= nowMillis) this.fullAt.delete(id);
  }
}
