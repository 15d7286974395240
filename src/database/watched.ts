import { DeadlineError } from './within';

/** What watched work reports to. */
export interface Run {
  /**
   * Notes progress, which begins the time for the next step.
   *
   * @returns whether that step should begin: false once the work was given up or has to stop
   */
  next(): boolean;
}

export interface Watching {
  /** The longest time between two steps. */
  readonly stallMillis: number;
  /** Whether the work may take further steps; always, if not given. */
  readonly goesOn?: () => boolean;
}

/** A process that was frozen gets one tick when it wakes up, and its database the rest of the time to answer. */
const TICKS = 5;

/**
 * Does work of any length that never hangs: where it neither ends nor makes progress in time, it is given up. Work that
 * was given up and goes on later gets false from `next`, and its result is dropped.
 *
 * @throws DeadlineError once no step has ended for `stallMillis`
 */
export function watched<T>({ stallMillis, goesOn = () => true }: Watching, work: (run: Run) => Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let ticks = 0;
    let isOver = false;
    const end = () => {
      isOver = true;
      clearInterval(timer);
    };
    const timer = setInterval(() => {
      if (++ticks < TICKS) return;
      end();
      reject(new DeadlineError('A step', stallMillis));
    }, stallMillis / TICKS).unref();
    const next = () => {
      ticks = 0;
      return !isOver && goesOn();
    };
    void work({ next }).then(resolve, reject).finally(end);
  });
}

/** Resolves once the work has settled, however it ended, and after so many milliseconds at the latest. */
export async function settledWithin(millis: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => (timer = setTimeout(resolve, millis).unref()));
  await Promise.race([work.catch(() => undefined), tooLate]);
  clearTimeout(timer);
}
