/** What a connection to PostgreSQL is used for. A flood of one kind of work never takes the connections of another. */
export type Lane = 'keys' | 'writes' | 'queries';

/** The order in which waiting work gets a connection that any of it may use. */
export const LANES: readonly Lane[] = ['keys', 'writes', 'queries'];

const KEY_SHARE = 0.2;

/** How many of a pool's connections each kind of work uses at most. */
export type LaneBounds = Readonly<Record<Lane, number>> & {
  /** Writes and queries together: key checks have the rest to themselves. */
  readonly writesAndQueries: number;
};

/**
 * Splits connections among the kinds of work: a fifth is kept for key checks, the rest is halved. Key checks are short and
 * may use all. Below three connections, kinds of work share them and take turns.
 */
export function boundsOf(connections: number): LaneBounds {
  const kept = Math.max(1, Math.round(connections * KEY_SHARE));
  const writesAndQueries = Math.max(1, connections - kept);
  const writes = Math.ceil(writesAndQueries / 2);
  return { keys: connections, writes, queries: Math.max(1, writesAndQueries - writes), writesAndQueries };
}

/** The connections in use, by what they are used for. */
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
