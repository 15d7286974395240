import { nextTurn } from './gather';

/** How long a transaction blocks the event loop at first. Most end before that: other work that runs meanwhile would only delay them. */
const FIRST_BLOCK_MILLIS = 35;
/** How long it blocks the event loop from then on. */
const NEXT_BLOCK_MILLIS = 10;
/** From this time on, a transaction gives way to others. */
export const LATEST_WAY_MILLIS = 45;

/** Work was undone because other writes waited for it. It may be repeated. */
export class GaveWay extends Error {
  constructor() {
    super('The transaction gave way to other writes');
  }
}

/** Lets other requests run between the statements of a transaction that takes long, and ends it if others should not wait for it. */
export class TransactionPace {
  /** How long other work has run during transactions, in milliseconds. */
  awayMillis = 0;
  private beganAt = 0;
  private blockedFrom = 0;
  private blockMillis = FIRST_BLOCK_MILLIS;
  private givesWay: (() => boolean) | undefined;
  private pausing: Promise<void> | undefined;

  get isDue(): boolean {
    return this.pausing !== undefined || performance.now() - this.blockedFrom > this.blockMillis;
  }

  begin(): void {
    this.beganAt = this.blockedFrom = performance.now();
    this.blockMillis = FIRST_BLOCK_MILLIS;
    this.givesWay = undefined;
  }

  /** @param givesWay returns whether the work that begins should be undone if it has taken long */
  beginWork(givesWay?: () => boolean): void {
    this.givesWay = givesWay;
  }

  /** Call it before a statement if it is due. Statements that wait at the same time share the pause. @throws GaveWay */
  pause(): Promise<void> {
    return (this.pausing ??= this.pauseOnce().finally(() => (this.pausing = undefined)));
  }

  private async pauseOnce(): Promise<void> {
    const from = performance.now();
    await nextTurn();
    this.blockedFrom = performance.now();
    this.blockMillis = NEXT_BLOCK_MILLIS;
    this.awayMillis += this.blockedFrom - from;
    if (this.blockedFrom - this.beganAt >= LATEST_WAY_MILLIS && this.givesWay?.()) throw new GaveWay();
  }
}
