/** Connections that have not sent their key yet. */
export const MAX_CONNECTING = 1000;

/** Which limit of connections is reached. */
export type FullBound = 'all' | 'address' | 'key';

/** Counts connections: those that are connecting, and those that are connected in all, by address and by rotation line. */
export class ConnectionBounds {
  private connected = 0;
  /** Functions that end those that are connecting, in the order in which they opened. */
  private readonly connecting = new Set<() => void>();
  private readonly connectingOf = new Map<string, Set<() => void>>();
  private readonly ofAddress = new Map<string, number>();
  private readonly ofLine = new Map<string, number>();
  private readonly share: number;

  constructor(private readonly most: number) {
    this.share = Math.max(1, Math.floor(most / 2));
  }

  /**
   * Counts a connection that has opened. If there are too many of its address, or in all, the one that opened first is closed: a client sends
   * its key at once.
   *
   * @param group its address; undefined for a trusted proxy, which has no limit of its own
   * @returns a function that ends the count
   */
  open(group: string | undefined, close: () => void): () => void {
    const own = group === undefined ? undefined : this.connectingOf.get(group);
    if (own && own.size >= MAX_CONNECTING / 4) first(own)?.();
    else if (this.connecting.size >= MAX_CONNECTING) first(this.connecting)?.();
    this.connecting.add(close);
    if (group !== undefined) this.connectingOf.set(group, (this.connectingOf.get(group) ?? new Set()).add(close));
    return () => {
      this.connecting.delete(close);
      const left = group === undefined ? undefined : this.connectingOf.get(group);
      left?.delete(close);
      if (group !== undefined && left?.size === 0) this.connectingOf.delete(group);
    };
  }

  /** Counts a connection whose key is accepted. @returns a function that ends the count, or which limit is reached */
  connect(group: string | undefined, line: string): (() => void) | FullBound {
    if (this.connected >= this.most) return 'all';
    if (group !== undefined && (this.ofAddress.get(group) ?? 0) >= this.share) return 'address';
    if ((this.ofLine.get(line) ?? 0) >= this.share) return 'key';
    return counted((by) => {
      this.connected += by;
      if (group !== undefined) add(this.ofAddress, group, by);
      add(this.ofLine, line, by);
    });
  }
}

function first<T>(set: ReadonlySet<T>): T | undefined {
  const [one] = set;
  return one;
}

function counted(count: (by: 1 | -1) => void): () => void {
  let isCounted = true;
  count(1);
  return () => {
    if (isCounted) count(-1);
    isCounted = false;
  };
}

function add(counts: Map<string, number>, name: string, by: 1 | -1): void {
  const count = (counts.get(name) ?? 0) + by;
  if (count > 0) counts.set(name, count);
  else counts.delete(name);
}
