import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { repeat, type Repetition } from '../common/repeat';
import { answersRequests } from '../common/http/answers-requests';
import { OutageLog } from '../common/outage-log';
import { Lease, LEASE_NAMES } from './lease';
import { Writer } from './writer';
import { settledWithin, watched, type Run } from './watched';

/** How often an instance renews the lease, or checks whether it is free. */
const LOOK_MILLIS = 4000;
const LOOK_STALL_MILLIS = 15_000;
const LATEST_FIRST_RUN_MILLIS = 30_000;
/** A run is abandoned if no step ends for this long. The next run begins as scheduled. */
export const STALL_MILLIS = 60_000;
const LONGEST_STOP_MILLIS = 5000;

export type PeriodicWork = (run: Run) => Promise<void>;

export interface PeriodicTaskOptions {
  /** The log message of a failure: "Old points could not be removed yet". */
  readonly failed: string;
  readonly everyMillis: number;
  /** When it first runs after the instance has acquired the lease; by default within 30 s. */
  readonly firstAfterMillis?: number;
  /** Each step must be safe to run concurrently with the same step on another instance. Calls `run.next()` before each step. */
  readonly work: PeriodicWork;
}

/** A background task. Its runs never overlap in this process. */
export class PeriodicTask {
  private last: Promise<void> = Promise.resolve();
  private isStopped = false;
  private pending = 0;
  dueAt = Infinity;

  constructor(
    readonly task: PeriodicTaskOptions,
    private readonly outages: OutageLog,
  ) {}

  get isRunning(): boolean {
    return this.pending > 0;
  }

  /** Runs after earlier runs, whether or not this instance holds the lease. Never rejects: failures are logged, and the next run retries. */
  run(work: PeriodicWork = this.task.work, goesOn: () => boolean = () => true): Promise<void> {
    this.pending += 1;
    return (this.last = this.last.then(() => this.attempt(work, goesOn)).finally(() => (this.pending -= 1)));
  }

  /** Resolves when the running step has ended, or after 5 s. */
  stop(): Promise<void> {
    this.isStopped = true;
    return settledWithin(LONGEST_STOP_MILLIS, this.last);
  }

  private async attempt(work: PeriodicWork, goesOn: () => boolean): Promise<void> {
    const { failed } = this.task;
    if (this.isStopped || !goesOn()) return;
    try {
      const watching = { stallMillis: STALL_MILLIS, goesOn: () => !this.isStopped && goesOn() };
      await watched(watching, work);
    } catch (cause) {
      if (!this.isStopped) this.outages.background(failed, cause);
    }
  }
}

/** Runs background tasks on the instance that holds the lease. */
@Injectable()
export class PeriodicTasks implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly jobs: PeriodicTask[] = [];
  private readonly lease: Lease;
  private repetition: Repetition | undefined;
  private looking: Promise<void> = Promise.resolve();
  private wasHeld = false;
  private isStopped = false;

  constructor(
    dataSource: DataSource,
    private readonly writer: Writer,
    private readonly outages: OutageLog,
    private readonly host: HttpAdapterHost,
  ) {
    this.lease = new Lease(LEASE_NAMES.upkeep, dataSource, this.writer);
  }

  /** Whether this instance does the background work. */
  get isResponsible(): boolean {
    return this.lease.isHeld;
  }

  register(task: PeriodicTaskOptions): PeriodicTask {
    const job = new PeriodicTask(task, this.outages);
    this.jobs.push(job);
    return job;
  }

  onApplicationBootstrap(): void {
    if (!answersRequests(this.host)) return;
    this.looking = this.look();
    // Spread: instances that start together do not poll at the same moment.
    this.repetition = repeat(LOOK_MILLIS, () => (this.looking = this.look()), { spread: true });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    void this.repetition?.stop();
    await settledWithin(LONGEST_STOP_MILLIS, Promise.all([this.looking, ...this.jobs.map((job) => job.stop())]));
    await settledWithin(LONGEST_STOP_MILLIS, this.lease.release());
  }

  /** Acquires or renews the lease, and starts due tasks while this instance holds it. */
  async look(): Promise<void> {
    try {
      const keep = () => this.lease.keep();
      if (await watched({ stallMillis: LOOK_STALL_MILLIS }, keep)) this.outages.worked();
    } catch (cause) {
      if (!this.isStopped) this.outages.background('The lease of the background work could not be renewed yet', cause);
    }
    const now = performance.now();
    const isHeld = this.lease.isHeld && !this.isStopped;
    if (isHeld && !this.wasHeld) for (const job of this.jobs) job.dueAt = now + firstAfter(job.task);
    this.wasHeld = isHeld;
    if (isHeld) for (const job of this.jobs) this.beginIfDue(job, now);
  }

  private beginIfDue(job: PeriodicTask, now: number): void {
    if (job.dueAt > now || job.isRunning) return;
    job.dueAt = now + job.task.everyMillis;
    void job.run(job.task.work, () => this.lease.isHeld);
  }
}

function firstAfter({ firstAfterMillis, everyMillis }: PeriodicTaskOptions): number {
  return firstAfterMillis ?? Math.min(everyMillis, LATEST_FIRST_RUN_MILLIS);
}
