/** The caller to which work is attributed. A rotation line is a key and the keys it was rotated into. */
export interface Caller {
  readonly organization: string;
  readonly line: string;
}

interface Line<T> {
  items: Set<T>;
}

interface Organization<T> {
  readonly lines: Map<string, Line<T>>;
  size: number;
}

/**
 * A queue that serves items round robin by organization, then by rotation line, then first in, first out. However many items one caller
 * adds, another caller's next item is at most one round away. Each item must be added only once.
 */
export class FairQueue<T extends object> {
  /** Both levels are rings: a map keeps the order of insertion, and served entries are inserted again at the end. */
  private readonly organizations = new Map<string, Organization<T>>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** Whether all items are of one rotation line. */
  get hasOneLine(): boolean {
    const [first] = this.organizations.values();
    return this.organizations.size === 1 && first?.lines.size === 1;
  }

  sizeOfLine({ organization, line }: Caller): number {
    return this.organizations.get(organization)?.lines.get(line)?.items.size ?? 0;
  }

  sizeOfOrganization(organization: string): number {
    return this.organizations.get(organization)?.size ?? 0;
  }

  add({ organization: name, line: lineName }: Caller, item: T): void {
    let organization = this.organizations.get(name);
    if (!organization) this.organizations.set(name, (organization = { lines: new Map(), size: 0 }));
    let line = organization.lines.get(lineName);
    if (!line) organization.lines.set(lineName, (line = { items: new Set() }));
    line.items.add(item);
    organization.size += 1;
    this.count += 1;
  }

  /** Adds an item before the others of its line. */
  addFirst(caller: Caller, item: T): void {
    this.add(caller, item);
    const line = this.organizations.get(caller.organization)?.lines.get(caller.line);
    if (line) line.items = new Set([item, ...line.items]);
  }

  /** Removes an item. Returns whether it was queued. */
  remove(caller: Caller, item: T): boolean {
    const organization = this.organizations.get(caller.organization);
    const line = organization?.lines.get(caller.line);
    if (!organization || !line?.items.delete(item)) return false;
    organization.size -= 1;
    this.count -= 1;
    if (line.items.size === 0) organization.lines.delete(caller.line);
    if (organization.size === 0) this.organizations.delete(caller.organization);
    return true;
  }

  /**
   * Takes the first item of the next line that may be served, or undefined. Its organization and line move to the end of their
   * rings.
   */
  take(mayServe: (caller: Caller, item: T) => boolean = () => true): { caller: Caller; item: T } | undefined {
    for (const [organization, { lines }] of this.organizations)
      for (const [line, { items }] of lines) {
        const caller = { organization, line };
        const [item] = items;
        if (!item || !mayServe(caller, item)) continue;
        this.remove(caller, item);
        this.toEnd(caller);
        return { caller, item };
      }
    return undefined;
  }

  /** Whether the first item of any line fulfils a condition. */
  someFirst(isSought: (caller: Caller, item: T) => boolean): boolean {
    for (const [organization, { lines }] of this.organizations)
      for (const [line, { items }] of lines) {
        const [item] = items;
        if (item && isSought({ organization, line }, item)) return true;
      }
    return false;
  }

  /** The longest rotation line of the organization with the most items. */
  longest(): Caller | undefined {
    const organization = longestOf(this.organizations, ({ size }) => size);
    const line = organization && longestOf(organization[1].lines, ({ items }) => items.size);
    return line && { organization: organization[0], line: line[0] };
  }

  /** Takes the newest item of a rotation line. */
  takeNewest(caller: Caller): T | undefined {
    const items = [...(this.organizations.get(caller.organization)?.lines.get(caller.line)?.items ?? [])];
    const newest = items.at(-1);
    if (newest) this.remove(caller, newest);
    return newest;
  }

  /** Removes and returns all items, in no particular order. */
  clear(): T[] {
    const items = [...this.organizations.values()].flatMap(({ lines }) =>
      [...lines.values()].flatMap(({ items }) => [...items]),
    );
    this.organizations.clear();
    this.count = 0;
    return items;
  }

  private toEnd(caller: Caller): void {
    const organization = this.organizations.get(caller.organization);
    if (!organization) return;
    rotate(this.organizations, caller.organization);
    rotate(organization.lines, caller.line);
  }
}

function rotate<Value>(ring: Map<string, Value>, name: string): void {
  const value = ring.get(name);
  if (value === undefined) return;
  ring.delete(name);
  ring.set(name, value);
}

function longestOf<Value>(
  map: ReadonlyMap<string, Value>,
  size: (value: Value) => number,
): [string, Value] | undefined {
  let found: [string, Value] | undefined;
  for (const entry of map) if (!found || size(entry[1]) > size(found[1])) found = entry;
  return found;
}
