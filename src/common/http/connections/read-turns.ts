import type { Connection } from './connection';

/**
 * Once this many requests were held back in one turn of the event loop, or small chunks that take as long to parse, no further
 * connection is read in this turn.
 */
export const MAX_HELD_PER_TURN = 512;
/** How long after that the input of all connections, and of new ones, is parsed in pieces. */
export const IN_PIECES_MILLIS = 10_000;
/** Connections that are read again in one turn. */
const MOST_PER_TURN = 16;

/**
 * Bounds the requests that are parsed in one turn of the event loop. Node reads 64 KiB of each readable connection per turn, which
 * may be 1,300 pipelined requests or 10,000 chunks of a body: with a hundred such connections, a turn would take seconds. Beyond the
 * bound, reading of all connections is paused, and for some time they are parsed in pieces. Those that never held requests back are
 * resumed 16 per turn. Of the others one is resumed, and twice as many in each turn in which no requests are held back; after a turn
 * with such requests, they rest as long as it took.
 */
export class ReadTurns {
  private workInTurn = 0;
  private turnBegan = 0;
  private restEnds = 0;
  private inPiecesUntil = 0;
  private startsPieces = false;
  private quiet: Connection[] = [];
  private others: Connection[] = [];
  private othersAtOnce = 1;
  private isScheduled = false;
  private restTimer: NodeJS.Timeout | undefined;

  constructor(private readonly connections: Iterable<Connection>) {}

  /** Reports a new connection that Node's HTTP server reads. */
  noteOpened(connection: Connection): void {
    if (performance.now() < this.inPiecesUntil) connection.parseInPieces();
  }

  /** Reports a request that was held back, or small chunks that took as long to parse. */
  noteWork(): void {
    this.workInTurn += 1;
    if (this.workInTurn === 1) {
      this.turnBegan = performance.now();
      this.schedule();
    }
    if (this.workInTurn === MAX_HELD_PER_TURN) this.pauseAll();
  }

  private pauseAll(): void {
    const now = performance.now();
    this.startsPieces ||= now >= this.inPiecesUntil;
    this.inPiecesUntil = now + IN_PIECES_MILLIS;
    for (const connection of this.connections)
      if (connection.waitForTurn()) (connection.isQuiet ? this.quiet : this.others).push(connection);
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.nextTurn();
    });
  }

  private nextTurn(): void {
    clearTimeout(this.restTimer);
    const now = performance.now();
    if (this.workInTurn > 0) {
      this.restEnds = now + (now - this.turnBegan);
      this.othersAtOnce = 1;
    }
    this.workInTurn = 0;
    if (this.startsPieces) for (const connection of this.connections) connection.parseInPieces();
    this.startsPieces = false;
    for (const connection of this.quiet.splice(0, MOST_PER_TURN)) connection.readAgain();
    if (now >= this.restEnds) {
      for (const connection of this.others.splice(0, this.othersAtOnce)) connection.readAgain();
      this.othersAtOnce = Math.min(2 * this.othersAtOnce, MOST_PER_TURN);
    }
    if (this.quiet.length > 0 || (this.others.length > 0 && now >= this.restEnds)) this.schedule();
    else if (this.others.length > 0) this.restTimer = setTimeout(() => this.schedule(), this.restEnds - now);
  }
}
