/** The unit of sums outside the range of a double: large enough for more values than a source can have. */
const HUGE_UNIT = 2 ** 64;

/**
 * A compensated sum of doubles (Neumaier 1974), so that 900 times 0.1 is 90: `low` is the rounding error of `high`. If the sum is
 * outside the range of a double, `high` is infinite and `low` is the sum in units of 2^64.
 */
export class ExactSum {
  high = 0;
  low = 0;

  addNumber(value: number): void {
    const sum = this.high + value;
    // Also if the sum already overflowed.
    if (!Number.isFinite(sum)) this.addHuge(value, 0);
    else {
      this.low += Math.abs(this.high) >= Math.abs(value) ? this.high - sum + value : value - sum + this.high;
      this.high = sum;
    }
  }

  addSum({ high, low }: ExactSum): void {
    if (!Number.isFinite(high) || !Number.isFinite(this.high + high)) {
      this.addHuge(high, low);
      return;
    }
    this.addNumber(high);
    this.low += low;
  }

  /** The sum, rounded once; infinite if it is outside the range of a double. */
  get total(): number {
    return Number.isFinite(this.high) ? this.high + this.low : this.low * HUGE_UNIT;
  }

  /** The sum divided by a count. Finite also if the sum is not. */
  dividedBy(count: number): number {
    const mean = this.total / count;
    return Number.isFinite(mean) ? mean : (inHugeUnits(this.high, this.low) / count) * HUGE_UNIT;
  }

  /** The sum as it is stored. `high` is the rounded sum if that is finite. */
  storedSum(): { readonly high: number; readonly low: number } {
    const total = this.high + this.low;
    if (!Number.isFinite(total)) return { high: Infinity, low: inHugeUnits(this.high, this.low) };
    return { high: total, low: this.high - total + this.low };
  }

  private addHuge(high: number, low: number): void {
    this.low = inHugeUnits(this.high, this.low) + inHugeUnits(high, low);
    this.high = Infinity;
  }
}

function inHugeUnits(high: number, low: number): number {
  return Number.isFinite(high) ? high / HUGE_UNIT + low / HUGE_UNIT : low;
}
