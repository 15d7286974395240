import { setImmediate } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { LruMap } from '../common/lru-map';
import { OutageLog } from '../common/outage-log';
import { PeriodicTasks, type PeriodicTask } from '../database/periodic-task';
import { settledWithin, type Run } from '../database/watched';
import { Writer } from '../database/writer';
import { FairQueue, type Caller } from '../scheduling/fair-queue';
import { findSchema, lockSourceNumber, type StoredSource } from '../sources/source-rows';
import { RecomputeBudget } from './recompute-budget';
import { endPending, latestPending, nextPendingSource, type PendingWindow } from './pending-rollups';
import { AFTER_ALL_WINDOWS, countInWindows, replaceRollups } from './rollups';
import { recomputeRollups, summariseWindow } from './window-rollups';

const EVERY_MILLIS = 60_000;
const FIRST_AFTER_MILLIS = 5000;
const LOOK_MILLIS = 1000;
const LONGEST_STOP_MILLIS = 5000;
/** Windows whose rollups are computed in one transaction, as far as its budget allows. */
const WINDOWS_PER_STEP = 100;
/** A window of which points are replaced all the time rests until the next periodic run. */
const MOST_ATTEMPTS = 3;
const MAX_COUNTED_WINDOWS = 1000;
const ALL_WINDOWS = [0, AFTER_ALL_WINDOWS] as const;
/** The server itself, for work that no client has requested. */
export const SERVER_CALLER: Caller = { organization: '', line: '' };

interface Waiting {
  readonly source: number;
  readonly caller: Caller;
  readonly done: Promise<void>;
  readonly resolve: () => void;
  /** Whether windows may have become pending since the last look. */
  isNew: boolean;
}

/**
 * Computes the rollups that transactions left pending, in short transactions, one at a time, in turns between callers. Until then, queries
 * read the points of those windows. What a crash interrupts is completed by a periodic task.
 */
@Injectable()
export class RollupCompletion implements BeforeApplicationShutdown {
  private readonly waiting = new FairQueue<Waiting>();
  private readonly bySource = new Map<number, Waiting>();
  /** How often the points of a window have changed while they were read. */
  private readonly attempts = new LruMap<string, number>(MAX_COUNTED_WINDOWS);
  private readonly job: PeriodicTask;
  private running: Promise<void> | undefined;
  private isStopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly outages: OutageLog,
    periodicTasks: PeriodicTasks,
  ) {
    this.job = periodicTasks.register({
      failed: 'Pending rollups could not be completed yet',
      everyMillis: EVERY_MILLIS,
      firstAfterMillis: FIRST_AFTER_MILLIS,
      work: (run) => this.completeAll(run),
    });
  }

  /**
   * Completes the rollups of a source.
   *
   * @param caller whose request left them pending: callers take turns
   * @returns resolves when none is pending, or they are left to a later run. Never rejects
   */
  complete(source: number, caller: Caller): Promise<void> {
    let waiting = this.bySource.get(source);
    if (waiting) waiting.isNew = true;
    else {
      let resolve = () => {};
      const done = new Promise<void>((end) => (resolve = end));
      waiting = { source, caller, done, resolve, isNew: true };
      this.bySource.set(source, waiting);
      this.waiting.add(caller, waiting);
    }
    this.running ??= this.run();
    return waiting.done;
  }

  /** Completes the rollups of all sources. */
  completeDue(): Promise<void> {
    return this.job.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    await settledWithin(LONGEST_STOP_MILLIS, this.running ?? Promise.resolve());
  }

  private async completeAll(run: Run): Promise<void> {
    this.attempts.clear();
    for (let source: number | undefined = 0; ;) {
      source = await nextPendingSource(this.dataSource.manager, source);
      if (source === undefined) return;
      let isDone = false;
      const done = this.complete(source, SERVER_CALLER).then(() => (isDone = true));
      while (!isDone) {
        if (!run.next()) return;
        await settledWithin(LOOK_MILLIS, done);
      }
    }
  }

  private async run(): Promise<void> {
    for (let next; (next = this.waiting.take());) {
      const { item } = next;
      item.isNew = false;
      const isDone = await this.attempt(item);
      if (this.isStopped || (isDone && !item.isNew)) this.end(item);
      else this.waiting.add(item.caller, item);
      // Other requests are served between two steps.
      await setImmediate();
    }
    this.running = undefined;
  }

  private end({ source, resolve }: Waiting): void {
    this.bySource.delete(source);
    resolve();
  }

  /** Takes a step. @returns whether nothing is left, or the rest has to wait for the next periodic run */
  private async attempt(waiting: Waiting): Promise<boolean> {
    if (this.isStopped) return true;
    try {
      return await this.step(waiting);
    } catch (cause) {
      if (!this.isStopped) this.outages.background('Pending rollups could not be completed yet', cause);
      waiting.isNew = false;
      return true;
    }
  }

  private async step({ source }: Waiting): Promise<boolean> {
    const { manager } = this.dataSource;
    const pending = await latestPending(manager, source, ALL_WINDOWS, WINDOWS_PER_STEP);
    const windows = pending.filter((window) => this.attemptsOf(source, window) < MOST_ATTEMPTS);
    const [first] = windows;
    if (!first) return true;
    const schema = await findSchema(manager, source);
    const points = await countOf(manager, source, first);
    if (!schema) await this.write((transaction) => endPending(transaction, source, ALL_WINDOWS));
    else if (new RecomputeBudget().allows({ schema }, points)) await this.completeSome(source, windows);
    else {
      const isStored = await this.completeLarge({ number: source, schema }, first, points);
      this.attempts.set(nameOf(source, first), isStored ? 0 : this.attemptsOf(source, first) + 1);
    }
    return false;
  }

  private attemptsOf(source: number, window: PendingWindow): number {
    return this.attempts.get(nameOf(source, window)) ?? 0;
  }

  private completeSome(source: number, windows: readonly PendingWindow[]): Promise<void> {
    return this.write(async (manager) => {
      await lockSourceNumber(manager, source);
      const schema = (await findSchema(manager, source)) ?? [];
      const stored = { number: source, schema };
      const budget = new RecomputeBudget();
      for (const [index, window] of windows.entries()) {
        const points = await countOf(manager, source, window);
        if (!budget.take(stored, points) && index > 0) break;
        await recomputeRollups(manager, stored, window.rollupWindow);
      }
    });
  }

  /**
   * Reads the points of a window before the transaction, so that it is short.
   *
   * @returns whether its rollups were stored: not if its points have changed meanwhile
   */
  private async completeLarge(source: StoredSource, window: PendingWindow, points: number): Promise<boolean> {
    const { number } = source;
    const { rollupWindow, version } = window;
    const summaries = await summariseWindow(this.dataSource.manager, source, rollupWindow, setImmediate);
    return this.write(async (manager) => {
      await lockSourceNumber(manager, number);
      const [now] = await latestPending(manager, number, [rollupWindow, rollupWindow + 1], 1);
      const isSame = now?.version === version && (await countOf(manager, number, window)) === points;
      if (isSame) await replaceRollups(manager, source, rollupWindow, summaries);
      return isSame;
    });
  }

  private write<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.writer.write(work, { caller: RollupCompletion.name });
  }
}

function nameOf(source: number, { rollupWindow }: PendingWindow): string {
  return `${source} ${rollupWindow}`;
}

function countOf(manager: EntityManager, source: number, { rollupWindow }: PendingWindow): Promise<number> {
  return countInWindows(manager, source, [rollupWindow, rollupWindow + 1]);
}
