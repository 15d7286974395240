import type { Connection } from './connection';

/** Once this many requests were held back in one turn of the event loop, no further connection is read in this turn. */
export const MAX_HELD_PER_TURN = 512;
/** Connections that are read again in one turn, of those that never held requests back. */
const QUIET_PER_TURN = 16;
/** The same, of those that did, or have not finished a request yet. */
const OTHERS_PER_TURN = 2;

/**
 * Bounds the requests that are parsed in one turn of the event loop. Node reads 64 KiB of each readable connection per turn, which
 * may be 1,300 pipelined requests: with a hundred such connections, a turn would take 300 ms. Beyond the bound, reading of all
 * connections is paused, and resumed a few connections per turn, starting with those that never held requests back.
 */
export class ReadTurns {
  private heldInTurn = 0;
  private quiet: Connection[] = [];
  private others: Connection[] = [];

  constructor(private readonly connections: Iterable<Connection>) {}

  noteHeld(): void {
    this.heldInTurn += 1;
    if (this.heldInTurn === 1) setImmediate(() => this.nextTurn());
    if (this.heldInTurn === MAX_HELD_PER_TURN) this.pauseAll();
  }

  private pauseAll(): void {
    for (const connection of this.connections)
      if (connection.waitForTurn()) (connection.isQuiet ? this.quiet : this.others).push(connection);
  }

  private nextTurn(): void {
    this.heldInTurn = 0;
    for (const connection of [...this.quiet.splice(0, QUIET_PER_TURN), ...this.others.splice(0, OTHERS_PER_TURN)])
      connection.readAgain();
    if (this.quiet.length + this.others.length > 0) setImmediate(() => this.heldInTurn === 0 && this.nextTurn());
  }
}
