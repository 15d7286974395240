import { DeadlineError } from './within';

/** Watched work reports its progress here. */
export interface Run {
  /**
   * Reports progress, which restarts the time limit.
   *
   * @returns whether the next step should begin: false after the work was abandoned or must stop
   */
  next(): boolean;
}

export interface Watching {
  /** The longest time between two steps. */
  readonly stallMillis: number;
  /** Whether the work may take further steps; by default always. */
  readonly goesOn?: () => boolean;
}

/** A process that was frozen gets one tick when it wakes up, so the database has the remaining ticks to respond. */
const TICKS = 5;

/**
 * Runs work of any duration, and abandons it if it makes no progress in time. Abandoned work that continues later gets false
 * from `next`, and its result is dropped.
 *
 * @throws DeadlineError if no step ends for `stallMillis`
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

/** Resolves once the work has settled, or after `millis`. Never rejects. */
export async function settledWithin(millis: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => (timer = setTimeout(resolve, millis).unref()));
  await Promise.race([work.catch(() => undefined), tooLate]);
  clearTimeout(timer);
}
