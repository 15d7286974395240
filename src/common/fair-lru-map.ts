interface Entry<Value> {
  readonly owner: string;
  readonly value: Value;
}

/**
 * A map whose owners share a bounded number of entries. When it is full, the owner with the most entries loses its least recently used
 * one, so that one owner can use all that others leave, and cannot displace the entries of an owner with fewer.
 */
export class FairLruMap<Value> {
  private readonly entries = new Map<string, Entry<Value>>();
  /** The keys of each owner, the least recently used one first. */
  private readonly keysOf = new Map<string, Set<string>>();
  private readonly ownersBySize = new Map<number, Set<string>>();
  private largest = 0;

  /** @param dropped receives a value that makes room for another */
  constructor(
    private readonly most: number,
    private readonly dropped: (value: Value) => void = () => undefined,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: string): Value | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    const keys = this.keysOf.get(entry.owner);
    keys?.delete(key);
    keys?.add(key);
    return entry.value;
  }

  set(owner: string, key: string, value: Value): void {
    this.delete(key);
    if (this.entries.size >= this.most) this.dropOne();
    this.entries.set(key, { owner, value });
    const keys = this.keysOf.get(owner) ?? new Set();
    this.keysOf.set(owner, keys.add(key));
    this.count(owner, keys.size - 1, keys.size);
  }

  delete(key: string): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    const { owner } = entry;
    const keys = this.keysOf.get(owner) ?? new Set();
    this.entries.delete(key);
    keys.delete(key);
    if (keys.size === 0) this.keysOf.delete(owner);
    this.count(owner, keys.size + 1, keys.size);
  }

  *values(): IterableIterator<Value> {
    for (const { value } of this.entries.values()) yield value;
  }

  private dropOne(): void {
    const [owner = ''] = this.ownersBySize.get(this.largest) ?? [];
    const [key = ''] = this.keysOf.get(owner) ?? [];
    const entry = this.entries.get(key);
    this.delete(key);
    if (entry) this.dropped(entry.value);
  }

  /** Keeps owners sorted by their number of entries, which changes by one. */
  private count(owner: string, before: number, now: number): void {
    const former = this.ownersBySize.get(before);
    former?.delete(owner);
    if (former?.size === 0) this.ownersBySize.delete(before);
    if (now > 0) this.ownersBySize.set(now, (this.ownersBySize.get(now) ?? new Set()).add(owner));
    if (now > this.largest || !this.ownersBySize.has(this.largest)) this.largest = now;
  }
}
