import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { repeat, type Repetition } from '../common/repeat';

/** How often the delay is sampled. The samples are taken by Node's event loop and run no JavaScript. */
const RESOLUTION_MILLIS = 40;
/** Two monitors alternate, so that the older one covers the last 30 to 60 seconds. */
const WINDOW_MILLIS = 60_000;
const NANOS_PER_MILLI = 1_000_000;

/** By how much turns of the event loop were late, in milliseconds. */
export interface LoopDelay {
  /** How many seconds the figures cover. */
  readonly seconds: number;
  readonly p50Millis: number;
  readonly p99Millis: number;
  readonly maxMillis: number;
}

/** Measures by how much the event loop is late: the time that every request waits for other work on the thread. */
@Injectable()
export class EventLoopDelay implements OnApplicationBootstrap, OnApplicationShutdown {
  private monitors: readonly Monitor[] = [];
  private repetition: Repetition | undefined;

  onApplicationBootstrap(): void {
    this.monitors = [new Monitor()];
    this.repetition = repeat(WINDOW_MILLIS / 2, () => this.rotate());
  }

  async onApplicationShutdown(): Promise<void> {
    for (const monitor of this.monitors) monitor.stop();
    this.monitors = [];
    await this.repetition?.stop();
  }

  /** The delay over at most the last minute. Zero before the first sample. */
  read(): LoopDelay {
    return this.monitors[0]?.read() ?? { seconds: 0, p50Millis: 0, p99Millis: 0, maxMillis: 0 };
  }

  private rotate(): void {
    const [oldest, newer] = this.monitors;
    if (newer) oldest?.stop();
    const kept = newer ?? oldest;
    this.monitors = [...(kept ? [kept] : []), new Monitor()];
  }
}

class Monitor {
  private readonly startedAt = performance.now();
  private readonly histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MILLIS });

  constructor() {
    this.histogram.enable();
  }

  read(): LoopDelay {
    const { count, max } = this.histogram;
    const delay = (nanos: number) =>
      count === 0 ? 0 : Math.max(0, Math.round((nanos / NANOS_PER_MILLI - RESOLUTION_MILLIS) * 100) / 100);
    return {
      seconds: Math.round((performance.now() - this.startedAt) / 1000),
      p50Millis: delay(this.histogram.percentile(50)),
      p99Millis: delay(this.histogram.percentile(99)),
      maxMillis: delay(max),
    };
  }

  stop(): void {
    this.histogram.disable();
  }
}
