import { QueueFullError } from '../errors';
import { orAborted } from '../http/timing';

/** Lets callers through one at a time, in the order in which they came. */
export class Turns {
  private isTaken = false;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly longest: number) {}

  /** Whether a caller has its turn. */
  get isBusy(): boolean {
    return this.isTaken;
  }

  /**
   * Resolves when it is the caller's turn. The caller ends it with `leave`.
   *
   * @throws QueueFullError if too many wait already; the reason of the signal
   */
  async enter(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (!this.isTaken) {
      this.isTaken = true;
      return;
    }
    if (this.waiting.length >= this.longest)
      throw new QueueFullError(`${this.longest} writes wait for room already: wait for each write before the next`);
    let admit = (): void => undefined;
    const turn = new Promise<void>((resolve) => this.waiting.push((admit = resolve)));
    try {
      await orAborted(turn, signal);
    } catch (cause) {
      const at = this.waiting.indexOf(admit);
      if (at >= 0) this.waiting.splice(at, 1);
      // The turn came together with the abort.
      else this.leave();
      throw cause;
    }
  }

  leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.isTaken = false;
  }
}
