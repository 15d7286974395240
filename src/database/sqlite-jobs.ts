import { MAX_GROUP } from './gather';
import type { Work, WriteOptions } from './writer';

/** A write that waits for its transaction. */
export interface Job {
  readonly work: Work<unknown>;
  readonly requests: WriteOptions['requests'] | undefined;
  readonly isShared: WriteOptions['isShared'] | undefined;
  readonly isLong: WriteOptions['isLong'] | undefined;
  readonly givesWay: WriteOptions['givesWay'] | undefined;
  /** Empty for work that is not of one caller. */
  readonly caller: string;
  /** By `performance.now()`. */
  readonly queuedAt: number;
  /** Whether the job may be retried after it found the disk full. */
  readonly isRepeatable: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** The writes that wait. Callers take turns; the writes of each, and those that are not of one caller, are oldest first. */
export class SqliteJobs {
  /** By caller. The first one has the next turn. None is empty. */
  private lists = new Map<string, Job[]>();

  get size(): number {
    let size = 0;
    for (const { length } of this.lists.values()) size += length;
    return size;
  }

  /** How many requests the writes serve. */
  get requests(): number {
    return this.all.reduce((sum, { requests }) => sum + (requests?.() ?? 1), 0);
  }

  /** Whether work of several callers waits. */
  get areShared(): boolean {
    return this.lists.size > 1 || this.all.some(({ isShared }) => isShared?.());
  }

  /** Whether waiting work would block the event loop for long. */
  get areLong(): boolean {
    return this.all.some(({ isLong }) => isLong?.());
  }

  /** Whether work waits, apart from that of callers who can add much of it. */
  get areOthersWaiting(): boolean {
    return this.lists.has('');
  }

  add(job: Job): void {
    const list = this.lists.get(job.caller);
    if (list) list.push(job);
    else this.lists.set(job.caller, [job]);
  }

  /** Takes the next jobs, in the order in which they should run. */
  takeGroup(): Job[] {
    const group: Job[] = [];
    while (group.length < MAX_GROUP && this.lists.size > 0) {
      const [[caller, list] = ['', []]] = this.lists;
      group.push(...list.splice(0, 1));
      // To the end of the turns, if it has more.
      this.lists.delete(caller);
      if (list.length > 0) this.lists.set(caller, list);
    }
    return group;
  }

  /** Puts jobs of the last group back before all others. Their callers have the next turns, in the order of the jobs. */
  putBack(...jobs: readonly Job[]): void {
    const before = this.lists;
    this.lists = new Map();
    for (const job of jobs) this.add(job);
    for (const list of before.values()) for (const job of list) this.add(job);
  }

  refuse(cause: unknown, isRefused: (job: Job) => boolean): void {
    const refused = this.all.filter(isRefused);
    if (refused.length === 0) return;
    const kept = this.all.filter((job) => !isRefused(job));
    this.lists = new Map();
    for (const job of kept) this.add(job);
    for (const { reject } of refused) reject(cause);
  }

  private get all(): Job[] {
    return [...this.lists.values()].flat();
  }
}
