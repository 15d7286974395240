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

  /** Adds a value for each of these times, in ascending order, of points without metadata. */
  addRun(ats: ArrayLike<number>, values: Float64Array, from: number, to: number): void {
    const run = new Summary();
    if (!run.sumUp(values, from, to)) {
      for (let index = from; index < to; index++)
        this.add({ at: ats[index] as number, meta: 0 }, values[index] as number);
      return;
    }
    run.spans(ats, from, to, values[from] as number, values[to - 1] as number);
    this.merge(run);
  }

  /** Adds points without metadata for each of these times, in ascending order. All have booleans, of which these are the first and the last. */
  addBooleans(ats: ArrayLike<number>, from: number, to: number, [first, last]: readonly [boolean, boolean]): void {
    const run = new Summary();
    run.spans(ats, from, to, first, last);
    this.merge(run);
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

  /** Sets the aggregates of numbers. @returns whether none of them overflows */
  private sumUp(values: Float64Array, from: number, to: number): boolean {
    let [high, low, min, max] = [0, 0, Infinity, -Infinity];
    for (let index = from; index < to; index++) {
      const value = values[index] as number;
      const sum = high + value;
      low += Math.abs(high) >= Math.abs(value) ? high - sum + value : value - sum + high;
      high = sum;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    const mean = (high + low) / (to - from);
    let m2 = 0;
    for (let index = from; index < to; index++) {
      const distance = (values[index] as number) - mean;
      m2 += distance * distance;
    }
    Object.assign(this, { high, low, min, max, m2 });
    return Number.isFinite(high) && Number.isFinite(m2);
  }

  private spans(ats: ArrayLike<number>, from: number, to: number, first: Value, last: Value): void {
    this.n = to - from;
    this.firstAt = ats[from] as number;
    this.first = first;
    this.lastAt = ats[to - 1] as number;
    this.last = last;
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
