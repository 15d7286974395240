/** A value has four digits of 16 bits, the most significant first. */
const DIGITS = 4;
const DIGIT_VALUES = 65_536;

/** The values with a common prefix of digits, and the requested ranks among them. */
interface Bucket {
  /** The digits that all values of the bucket start with. */
  readonly prefix: readonly number[];
  /** The number of values before this bucket. */
  readonly before: number;
  readonly ranks: readonly number[];
  /** The number of values for each next digit, counted in this pass. */
  readonly counts: Uint32Array;
}

/**
 * Finds the values of given ranks in several passes over any number of values: `add` every value, then call `endPass`, until
 * `isDone`. Each pass uses fixed memory; the last one keeps at most `maxKept` values. This is a radix selection.
 */
export class RankSearch {
  private readonly found = new Map<number, number>();
  private buckets: Bucket[];
  /** The values by bucket, in the last pass. */
  private kept: number[][] | undefined;
  private readonly double = new Float64Array(1);
  private readonly words = new Uint16Array(this.double.buffer);
  private readonly digits = new Uint16Array(DIGITS);

  constructor(
    ranks: readonly number[],
    private readonly maxKept: number,
  ) {
    this.buckets = [newBucket([], 0, [...new Set(ranks)])];
  }

  get isDone(): boolean {
    return this.buckets.length === 0;
  }

  /** The value of a rank, counted from 0; undefined before the search is done, or if there are fewer values. */
  valueAt(rank: number): number | undefined {
    return this.found.get(rank);
  }

  add(value: number): void {
    const { digits } = this;
    this.readDigits(value);
    for (const [index, { prefix, counts }] of this.buckets.entries()) {
      if (!prefix.every((digit, place) => digits[place] === digit)) continue;
      if (this.kept) this.kept[index]?.push(value);
      else {
        const digit = digits[prefix.length] ?? 0;
        counts[digit] = (counts[digit] ?? 0) + 1;
      }
      return;
    }
  }

  endPass(): void {
    if (this.kept) return this.takeKept(this.kept);
    const next = this.buckets.flatMap((bucket) => this.split(bucket));
    this.buckets = next.map(({ bucket }) => bucket);
    const left = next.reduce((sum, { size }) => sum + size, 0);
    if (left <= this.maxKept) this.kept = this.buckets.map(() => []);
  }

  /** Splits a bucket by its next digit, and keeps the parts that contain requested ranks. */
  private split({ prefix, before, ranks, counts }: Bucket): { bucket: Bucket; size: number }[] {
    const buckets: { bucket: Bucket; size: number }[] = [];
    let passed = before;
    for (let digit = 0; digit < DIGIT_VALUES; digit++) {
      const size = counts[digit] ?? 0;
      const inside = size === 0 ? [] : ranks.filter((rank) => rank >= passed && rank < passed + size);
      if (inside.length > 0) {
        const longer = [...prefix, digit];
        if (longer.length < DIGITS) buckets.push({ bucket: newBucket(longer, passed, inside), size });
        else for (const rank of inside) this.found.set(rank, this.valueOf(longer));
      }
      passed += size;
    }
    return buckets;
  }

  private takeKept(kept: readonly (readonly number[])[]): void {
    for (const [index, { before, ranks }] of this.buckets.entries()) {
      const sorted = Float64Array.from(kept[index] ?? []).sort();
      for (const rank of ranks) {
        const value = sorted[rank - before];
        if (value !== undefined) this.found.set(rank, value);
      }
    }
    this.buckets = [];
  }

  /** Reads the bits of a number as digits whose order is the order of numbers. */
  private readDigits(value: number): void {
    const { words, digits } = this;
    this.double[0] = value;
    const isNegative = ((words[3] ?? 0) & 0x8000) !== 0;
    for (let place = 0; place < DIGITS; place++) {
      const word = words[DIGITS - 1 - place] ?? 0;
      digits[place] = isNegative ? ~word : place === 0 ? word ^ 0x8000 : word;
    }
  }

  private valueOf(all: readonly number[]): number {
    const isNegative = ((all[0] ?? 0) & 0x8000) === 0;
    for (let place = 0; place < DIGITS; place++) {
      const digit = all[place] ?? 0;
      this.words[DIGITS - 1 - place] = isNegative ? ~digit : place === 0 ? digit ^ 0x8000 : digit;
    }
    return this.double[0] ?? 0;
  }
}

function newBucket(prefix: readonly number[], before: number, ranks: readonly number[]): Bucket {
  return { prefix, before, ranks, counts: new Uint32Array(DIGIT_VALUES) };
}
