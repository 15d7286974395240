/** Values in the same bits are told apart 16 bits at a time, the highest first. */
const DIGITS = 4;
const DIGIT_VALUES = 65_536;

/** The values that begin with the same digits, and which of the wanted ranks are among them. */
interface Bucket {
  /** The digits that all of its values have in common. */
  readonly prefix: readonly number[];
  /** How many values of all come before those of this bucket. */
  readonly before: number;
  readonly ranks: readonly number[];
  /** What is counted in this pass: how many of its values have each next digit. */
  readonly counts: Uint32Array;
}

/**
 * Finds the values of some ranks among any number of values, which are gone through again and again: `add` each of them, then
 * call `endPass`, until `isDone`. Each pass counts in fixed memory, and the last one keeps `mostKept` values at most.
 */
export class RankSearch {
  private readonly found = new Map<number, number>();
  private buckets: Bucket[];
  /** In the last pass the values themselves, by bucket. */
  private kept: number[][] | undefined;
  private readonly double = new Float64Array(1);
  private readonly words = new Uint16Array(this.double.buffer);
  private readonly digits = new Uint16Array(DIGITS);

  constructor(
    ranks: readonly number[],
    private readonly mostKept: number,
  ) {
    this.buckets = [newBucket([], 0, [...new Set(ranks)])];
  }

  get isDone(): boolean {
    return this.buckets.length === 0;
  }

  /** The value of a rank, the least being 0; undefined before it is done, or where there are not so many. */
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
    if (left <= this.mostKept) this.kept = this.buckets.map(() => []);
  }

  /** The smaller buckets that a bucket's ranks are in. */
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

  /** The bits of a number such that those of a greater number are greater. */
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
