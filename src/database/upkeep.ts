import type { Logger } from '@nestjs/common';

/** What a room does in the background every so often: one piece of work after the other, and what fails is done the next time. */
export class Upkeep {
  private timer: NodeJS.Timeout | undefined;
  private last = Promise.resolve();
  private stopped = false;

  constructor(private readonly logger: Logger) {}

  /** Whether long work may take its next step. */
  get goesOn(): boolean {
    return !this.stopped;
  }

  /** Begins to do something over and over. It keeps no process running. */
  every(millis: number, work: () => Promise<void>): void {
    this.timer = setInterval(() => void work(), millis).unref();
  }

  /**
   * Does something after all that was asked for before. The promise is never rejected.
   *
   * @param what is to be removed, for the log if that fails
   */
  inTurn(what: string, work: () => Promise<void>): Promise<void> {
    return (this.last = this.last.then(async () => {
      if (this.stopped) return;
      try {
        await work();
      } catch (cause) {
        if (this.goesOn) this.logger.warn(`${what} could not be removed yet: ${(cause as Error).message}`);
      }
    }));
  }

  /** Resolves once the step that is under way is over. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.last;
  }
}
