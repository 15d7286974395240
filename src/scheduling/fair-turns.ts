import { FairQueue, type Caller } from './fair-queue';

/** Runs short work, a few pieces at the same time, round robin by organization and line. */
export class FairTurns {
  private readonly waiting = new FairQueue<() => void>();
  private running = 0;

  constructor(private readonly atOnce: number) {}

  async run<T>(caller: Caller, work: () => Promise<T>): Promise<T> {
    if (this.running >= this.atOnce) await new Promise<void>((resolve) => this.waiting.add(caller, () => resolve()));
    else this.running += 1;
    try {
      return await work();
    } finally {
      const next = this.waiting.take();
      if (next) next.item();
      else this.running -= 1;
    }
  }
}
