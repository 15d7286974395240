import type { Connection } from './connection';

export interface ConnectionBounds {
  /** Open connections in all. */
  readonly maxConnections: number;
  /** Open connections of one address. */
  readonly maxConnectionsPerAddress: number;
}

/** Why a connection is refused. */
export type Fullness = 'server' | 'address';

/** So many idle connections are looked up at a time, so that a flood of new ones does not walk the table for each. */
const CANDIDATES = 64;

/** Every open connection, by the address that it counts for. */
export class ConnectionTable {
  private readonly all = new Set<Connection>();
  private readonly groups = new Map<string, Set<Connection>>();
  /** Idle connections to close next, the longest idle last. */
  private candidates: { readonly connection: Connection; readonly activeAt: number }[] = [];

  constructor(private readonly bounds: ConnectionBounds) {}

  get size(): number {
    return this.all.size;
  }

  /** Makes room for one more connection by closing an idle one, or says why there is none. */
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

  /** Closes an idle connection of the address that has the most, else of any. */
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

/** The idle ones that count for an address, the longest idle first. */
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
