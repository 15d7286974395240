import { setImmediate } from 'node:timers/promises';

/**
 * Lets everybody else have their turn of the event loop in the middle of long work.
 *
 * @throws CallerGone when nobody waits for the work any more
 */
export type Pause = () => Promise<void>;

/** The client has closed its connection: there is nobody to answer. */
export class CallerGone extends Error {
  constructor() {
    super('The client went away before its answer was ready');
  }
}

/** The pause of work that somebody waits for whatever happens. */
export const PAUSE: Pause = () => setImmediate();
