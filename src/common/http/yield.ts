import { setImmediate } from 'node:timers/promises';

/**
 * Yields to the event loop in the middle of long work, so that other requests are served.
 *
 * @throws CallerGone when the client has closed its connection
 */
export type YieldTurn = () => Promise<void>;

/** The client has closed its connection, so its answer is no longer needed. */
export class CallerGone extends Error {
  constructor() {
    super('The client closed its connection before its answer was ready');
  }
}

/** Yields until the next turn of the event loop, for work that runs to its end even when the client disconnects. */
export const IMMEDIATE_YIELD: YieldTurn = () => setImmediate();

/** How long a loop runs before it yields. */
const PACE_MILLIS = 1;

/** Says when a loop should yield whose steps take very different times. */
export class TurnPace {
  private since = performance.now();

  constructor(private readonly yieldTurn: YieldTurn) {}

  get isDue(): boolean {
    return performance.now() - this.since > PACE_MILLIS;
  }

  async yield(): Promise<void> {
    await this.yieldTurn();
    this.since = performance.now();
  }
}
