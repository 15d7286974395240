/** Sums beyond doubles are kept in this unit, 2^64: enough for more values than a source can have. */
const HUGE_UNIT = 2 ** 64;

/**
 * A sum of doubles with what rounding has cut off (Neumaier 1974), so that 900 times 0.1 is 90. It holds sums beyond the
 * greatest double too: then `high` is infinite, and `low` is the sum in units of 2^64.
 */
export class ExactSum {
  high = 0;
  low = 0;

  addNumber(value: number): void {
    const sum = this.high + value;
    // Also where a sum beyond doubles was stored before.
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

  /** The sum, rounded once: infinite where it is beyond doubles. */
  get total(): number {
    return Number.isFinite(this.high) ? this.high + this.low : this.low * HUGE_UNIT;
  }

  /** The sum divided by a count. Finite, whatever the sum is. */
  dividedBy(count: number): number {
    const mean = this.total / count;
    return Number.isFinite(mean) ? mean : (inHugeUnits(this.high, this.low) / count) * HUGE_UNIT;
  }

  /** The sum as it is stored: `high` is the rounded sum, where that is finite. */
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
