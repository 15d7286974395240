/** A read-only set of numbers. */
export interface NumberSet {
  has(number: number): boolean;
}

/** A set of 32-bit numbers added in ascending order. It takes four to eight bytes per number; a `Set` takes about forty. */
export class AscendingNumbers implements NumberSet {
  private numbers = new Int32Array(16);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** @param number greater than all numbers in the set */
  add(number: number): void {
    if (this.count === this.numbers.length) {
      const larger = new Int32Array(2 * this.count);
      larger.set(this.numbers);
      this.numbers = larger;
    }
    this.numbers[this.count++] = number;
  }

  has(number: number): boolean {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.numbers[middle] as number) < number) low = middle + 1;
      else high = middle;
    }
    return low < this.count && this.numbers[low] === number;
  }
}
