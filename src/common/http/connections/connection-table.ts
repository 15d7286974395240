import type { Connection } from './connection';

export interface ConnectionBounds {
  /** Open connections in total. */
  readonly maxConnections: number;
  /** Open connections of one address. */
  readonly maxConnectionsPerAddress: number;
}

/** Why a connection is refused. */
export type Fullness = 'server' | 'address';

/** Idle connections that are collected at a time, so that a flood of new connections does not scan the table for each one. */
const CANDIDATES = 64;

/** All open connections, by the address they count for. */
export class ConnectionTable {
  private readonly all = new Set<Connection>();
  private readonly groups = new Map<string, Set<Connection>>();
  /** The idle connections to close next. The one idle longest is the last item. */
  private candidates: { readonly connection: Connection; readonly activeAt: number }[] = [];

  constructor(private readonly bounds: ConnectionBounds) {}

  get size(): number {
    return this.all.size;
  }

  [Symbol.iterator](): IterableIterator<Connection> {
    return this.all.values();
  }

  /** Makes room for one more connection, if needed by closing an idle one. Returns the reason if it cannot. */
  makeRoom(group: string): Fullness | undefined {
    const own = this.groups.get(group);
    if (own && own.size >= this.bounds.maxConnectionsPerAddress && !closeLongestIdle(own)) return 'address';
    if (this.all.size >= this.bounds.maxConnections && !this.closeOne()) return 'server';
    return undefined;
  }

  add(connection: Connection): void {
    const { group, socket } = connection;
    this.all.add(connection);
    if (group !== undefined) {
      const own = this.groups.get(group);
      if (own) own.add(connection);
      else this.groups.set(group, new Set([connection]));
    }
    socket.once('close', () => this.remove(connection));
  }

  private remove(connection: Connection): void {
    const { group } = connection;
    this.all.delete(connection);
    const own = group === undefined ? undefined : this.groups.get(group);
    if (group === undefined || !own) return;
    own.delete(connection);
    if (own.size === 0) this.groups.delete(group);
  }

  /** Closes an idle connection of the address with the most connections, else of any address. */
  private closeOne(): boolean {
    for (;;) {
      const next = this.candidates.pop();
      if (!next) {
        this.candidates = this.findCandidates();
        if (this.candidates.length === 0) return false;
        continue;
      }
      const { connection, activeAt } = next;
      if (!this.all.has(connection) || !connection.isIdle || connection.activeAt !== activeAt) continue;
      this.close(connection);
      return true;
    }
  }

  private findCandidates() {
    let largest = new Set<Connection>();
    for (const own of this.groups.values()) if (own.size > largest.size) largest = own;
    const ofLargest = idleOf(largest);
    const idle = ofLargest.length > 0 ? ofLargest : idleOf(this.all);
    return idle.slice(0, CANDIDATES).reverse();
  }

  private close(connection: Connection): void {
    this.remove(connection);
    connection.socket.destroy();
  }
}

/** Returns the idle connections that count for an address, those idle longest first. */
function idleOf(connections: ReadonlySet<Connection>) {
  return [...connections]
    .filter(({ isIdle, group }) => isIdle && group !== undefined)
    .sort((one, other) => one.activeAt - other.activeAt)
    .map((connection) => ({ connection, activeAt: connection.activeAt }));
}

function closeLongestIdle(connections: ReadonlySet<Connection>): boolean {
  let longest: Connection | undefined;
  for (const connection of connections)
    if (connection.isIdle && !connection.socket.destroyed && (!longest || connection.activeAt < longest.activeAt))
      longest = connection;
  longest?.socket.destroy();
  return longest !== undefined;
}
