import { ExactSum } from './exact-sum';
import type { Value } from './values';

/** The position of a value: points with the same time are ordered by metadata number. */
export interface Place {
  readonly at: number;
  readonly meta: number;
}

/**
 * Mergeable aggregates of the values of one field, independent of the order of `add` and `merge`. The sum of squared deviations is
 * updated directly (Chan, Golub, LeVeque 1983), because a difference of large sums would lose precision.
 */
export class Summary extends ExactSum {
  n = 0;
  m2 = 0;
  min = Infinity;
  max = -Infinity;
  firstAt = 0;
  firstMeta = 0;
  first: Value | null = null;
  lastAt = 0;
  lastMeta = 0;
  last: Value | null = null;

  add({ at, meta }: Place, value: Value): void {
    if (typeof value === 'number') {
      if (this.n > 0) {
        const distance = value - this.dividedBy(this.n);
        this.m2 += (distance * distance * this.n) / (this.n + 1);
      }
      this.addNumber(value);
      if (value < this.min) this.min = value;
      if (value > this.max) this.max = value;
    }
    this.n += 1;
    this.offer(at, meta, value, at, meta, value);
  }

  /** The mean of numbers, clamped to the range of the values because rounding could exceed it. */
  get mean(): number {
    return Math.min(this.max, Math.max(this.min, this.dividedBy(this.n)));
  }

  merge(other: Summary): void {
    if (other.n === 0) return;
    if (this.n > 0) {
      const distance = other.dividedBy(other.n) - this.dividedBy(this.n);
      this.m2 += other.m2 + (distance * distance * this.n * other.n) / (this.n + other.n);
      this.addSum(other);
    } else {
      this.m2 = other.m2;
      this.high = other.high;
      this.low = other.low;
    }
    this.n += other.n;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
    this.offer(other.firstAt, other.firstMeta, other.first, other.lastAt, other.lastMeta, other.last);
  }

  private offer(
    firstAt: number,
    firstMeta: number,
    first: Value | null,
    lastAt: number,
    lastMeta: number,
    last: Value | null,
  ): void {
    if (this.first === null || firstAt < this.firstAt || (firstAt === this.firstAt && firstMeta < this.firstMeta)) {
      this.firstAt = firstAt;
      this.firstMeta = firstMeta;
      this.first = first;
    }
    if (this.last === null || lastAt > this.lastAt || (lastAt === this.lastAt && lastMeta >= this.lastMeta)) {
      this.lastAt = lastAt;
      this.lastMeta = lastMeta;
      this.last = last;
    }
  }
}
