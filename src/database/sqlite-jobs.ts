import { MAX_GROUP } from './gather';
import type { Work, WriteOptions } from './writer';

/** A write that waits for its transaction. */
export interface Job {
  readonly work: Work<unknown>;
  readonly requests: WriteOptions['requests'] | undefined;
  readonly isLong: WriteOptions['isLong'] | undefined;
  /** By `performance.now()`. */
  readonly queuedAt: number;
  /** Whether the job may be retried after it found the disk full. */
  readonly isRepeatable: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** The writes that wait, oldest first. */
export class SqliteJobs {
  private waiting: Job[] = [];

  get size(): number {
    return this.waiting.length;
  }

  /** How many requests the writes serve. */
  get requests(): number {
    return this.waiting.reduce((sum, { requests }) => sum + (requests?.() ?? 1), 0);
  }

  /** Whether work of the next group would block the event loop for long. */
  get areLong(): boolean {
    return this.waiting.slice(0, MAX_GROUP).some(({ isLong }) => isLong?.());
  }

  add(job: Job): void {
    this.waiting.push(job);
  }

  takeGroup(): Job[] {
    const group = this.waiting.slice(0, MAX_GROUP);
    this.waiting = this.waiting.slice(MAX_GROUP);
    return group;
  }

  putBack(...jobs: readonly Job[]): void {
    this.waiting.unshift(...jobs);
  }

  refuse(cause: unknown, isRefused: (job: Job) => boolean): void {
    const refused = this.waiting.filter(isRefused);
    if (refused.length === 0) return;
    this.waiting = this.waiting.filter((job) => !isRefused(job));
    for (const { reject } of refused) reject(cause);
  }
}
