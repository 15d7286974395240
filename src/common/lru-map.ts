/**
 * A map with a bounded total weight that evicts the least recently used entries. An entry weighs 1 unless `weightOf` is
 * given. An entry heavier than the bound is not stored.
 */
export class LruMap<Key, Value> {
  private readonly entries = new Map<Key, Value>();
  private total = 0;

  constructor(
    private readonly most: number,
    private readonly weightOf: (value: Value) => number = () => 1,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  /** The weight of all entries. */
  get weight(): number {
    return this.total;
  }

  get(key: Key): Value | undefined {
    const value = this.entries.get(key);
    if (value === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  set(key: Key, value: Value): void {
    this.delete(key);
    const weight = this.weightOf(value);
    if (weight > this.most) return;
    for (const oldest of this.entries.keys()) {
      if (this.total + weight <= this.most) break;
      this.delete(oldest);
    }
    this.entries.set(key, value);
    this.total += weight;
  }

  delete(key: Key): void {
    const value = this.entries.get(key);
    if (value === undefined) return;
    this.entries.delete(key);
    this.total -= this.weightOf(value);
  }

  clear(): void {
    this.entries.clear();
    this.total = 0;
  }

  [Symbol.iterator](): IterableIterator<[Key, Value]> {
    return this.entries.entries();
  }
}
