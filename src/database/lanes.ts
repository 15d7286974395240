/** What a connection to PostgreSQL is used for. A flood in one lane never takes the connections of another. */
export type Lane = 'keys' | 'writes' | 'queries';

/** The order in which lanes get a free connection. */
export const LANES: readonly Lane[] = ['keys', 'writes', 'queries'];

const KEY_SHARE = 0.2;

/** The most connections of a pool that each lane uses. */
export type LaneBounds = Readonly<Record<Lane, number>> & {
  /** Writes and queries together. The rest is reserved for key checks. */
  readonly writesAndQueries: number;
};

/**
 * Splits connections among the lanes: a fifth is reserved for key checks, the rest is halved. Key checks are short and may use
 * all connections. With fewer than three connections, lanes share them and take turns.
 */
export function boundsOf(connections: number): LaneBounds {
  const kept = Math.max(1, Math.round(connections * KEY_SHARE));
  const writesAndQueries = Math.max(1, connections - kept);
  const writes = Math.ceil(writesAndQueries / 2);
  return { keys: connections, writes, queries: Math.max(1, writesAndQueries - writes), writesAndQueries };
}

/** The connections in use, by lane. */
export class LaneCounts {
  private readonly taken: Record<Lane, number> = { keys: 0, writes: 0, queries: 0 };

  admits(lane: Lane, bounds: LaneBounds): boolean {
    const { keys, writes, queries } = this.taken;
    if (keys + writes + queries >= bounds.keys || this.taken[lane] >= bounds[lane]) return false;
    return lane === 'keys' || writes + queries < bounds.writesAndQueries;
  }

  add(lane: Lane): void {
    this.taken[lane] += 1;
  }

  remove(lane: Lane): void {
    this.taken[lane] -= 1;
  }
}
