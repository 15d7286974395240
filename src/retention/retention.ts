import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { erasableBefore } from '../buckets/retention-bounds';
import { OutageLog } from '../common/outage-log';
import { lockRetention } from '../buckets/bucket-rows';
import { listDeletedSources, listRemovableSources, removeSourceRows } from '../sources/source-lists';
import { findSchema } from '../sources/source-rows';
import { queryLists } from '../database/sql';
import { PeriodicTasks, type PeriodicTask } from '../database/periodic-task';
import type { Run } from '../database/watched';
import { Writer } from '../database/writer';
import { forgetSweeps } from '../points/metadata-sweep';
import { PointRemoval } from '../points/point-removal';
import { oldestPointOf } from '../points/point-times';
import { hasTotal, storedTotal } from '../points/point-totals';

const EVERY_MILLIS = 300_000;
const ROWS_PER_STEP = 500;
const SOURCES_PER_PAGE = 100;
/** After this many failed sources a sweep stops, since the rest would fail too. */
const MAX_FAILURES = 10;
/** Sources per statement that looks up their oldest points, which takes a few milliseconds. */
export const SOURCES_PER_LOOK = 200;

/** One primary-key lookup per source avoids transactions that would find nothing. */
const OLDEST = `SELECT s.number, b.id, b.retention_days, b.undo_from, b.undo_until,
    (${oldestPointOf('s.number')}) AS oldest
  FROM data_sources s JOIN buckets b ON b.id = s.bucket_id
  WHERE s.deleted_at IS NULL AND b.retention_days IS NOT NULL AND b.deleted_at IS NULL AND s.number > ?
  ORDER BY s.number LIMIT ${SOURCES_PER_LOOK}`;
interface BucketRow {
  readonly retentionDays: number | null;
  readonly undoFrom: number | null;
  readonly undoUntil: number | null;
}

interface AgedSource {
  readonly number: number;
  readonly bucketId: string;
  readonly before: number;
}

/** The deletion of a page of data sources: their numbers, and the points that they had at its start. */
interface Deletion {
  readonly sources: readonly number[];
  readonly points: number;
}

/** In the background and in small steps, removes deleted sources with their points, and points older than the retention of their bucket. */
@Injectable()
export class Retention {
  private readonly job: PeriodicTask;
  private deletion: Deletion | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly removal: PointRemoval,
    private readonly writer: Writer,
    private readonly outages: OutageLog,
    periodicTasks: PeriodicTasks,
  ) {
    this.job = periodicTasks.register({
      failed: 'Old points could not be removed yet',
      everyMillis: EVERY_MILLIS,
      work: (run) => this.sweepAt(Date.now(), run),
    });
  }

  /** Removes expired points and sources. The next sweep retries failures. */
  sweep(nowMillis = Date.now()): Promise<void> {
    return this.job.run((run) => this.sweepAt(nowMillis, run));
  }

  /**
   * How many points of deleted data sources have been removed, of how many: of up to 100 data sources at a time. Undefined if this
   * instance removes none now.
   */
  async deletionProgress(): Promise<{ readonly done: number; readonly total: number } | undefined> {
    if (!this.deletion) return undefined;
    const { sources, points } = this.deletion;
    return { done: Math.max(0, points - (await this.pointsOf(sources))), total: points };
  }

  private async pointsOf(sources: readonly number[]): Promise<number> {
    return (await storedTotal(this.dataSource.manager, sources.map(() => '?').join(', '), [...sources])).count;
  }

  private async sweepAt(nowMillis: number, run: Run): Promise<void> {
    const each = this.oneByOne(run);
    await this.removeEnded(run, each).finally(() => (this.deletion = undefined));
    while (run.next() && (await this.removeEmpty()));
    await this.removeAged(nowMillis, run, each);
  }

  /** Isolates failures of single sources, unless so many fail that the cause is general. */
  private oneByOne(run: Run): (source: number, work: () => Promise<unknown>) => Promise<void> {
    let failures = 0;
    return async (source, work) => {
      try {
        await work();
      } catch (cause) {
        if (!run.next() || ++failures === MAX_FAILURES) throw cause;
        this.outages.background(`Old points of data source number ${source} could not be removed yet`, cause);
      }
    };
  }

  private async removeEnded(run: Run, each: ReturnType<Retention['oneByOne']>): Promise<void> {
    for (let last = 0; ;) {
      const page = { after: last, limit: SOURCES_PER_PAGE };
      const rows = await listDeletedSources(this.dataSource.manager, hasTotal('s.number'), page);
      const sources = rows.map(({ number }) => number);
      if (sources.length > 0) this.deletion = { sources, points: await this.pointsOf(sources) };
      for (const source of rows) {
        if (!run.next()) return;
        last = source.number;
        await each(last, () => this.removal.removeAll(source, () => run.next()));
      }
      if (rows.length < SOURCES_PER_PAGE) return;
    }
  }

  /** Removes rows of deleted sources without remaining data. Returns whether there may be more. */
  private async removeEmpty(): Promise<boolean> {
    const empty = `NOT ${hasTotal('s.number')}`;
    if ((await listRemovableSources(this.dataSource.manager, empty, 1)).length === 0) return false;
    return this.writer.write(
      async (manager) => {
        const numbers = await listRemovableSources(manager, empty, ROWS_PER_STEP);
        if (numbers.length > 0) {
          await forgetSweeps(manager, numbers);
          await removeSourceRows(manager, numbers);
        }
        return numbers.length === ROWS_PER_STEP;
      },
      { serializeOn: 'deleted data sources' },
    );
  }

  private async removeAged(nowMillis: number, run: Run, each: ReturnType<Retention['oneByOne']>): Promise<void> {
    for (let last = 0; run.next();) {
      const rows = await queryLists(this.dataSource.manager, OLDEST, [last]);
      for (const source of agedAmong(rows, nowMillis)) {
        if (!run.next()) return;
        await each(source.number, () => this.removeAgedOf(source, nowMillis, run));
      }
      if (rows.length < SOURCES_PER_LOOK) return;
      last = Number(rows.at(-1)?.[0]);
    }
  }

  private async removeAgedOf({ number, bucketId, before }: AgedSource, nowMillis: number, run: Run): Promise<void> {
    const schema = await findSchema(this.dataSource.manager, number);
    if (!schema) return;
    const mayRemove = async (manager: EntityManager, end: number) =>
      run.next() && (await isErasable(manager, bucketId, { before: end, nowMillis }));
    await this.removal.remove({ number, schema }, [0, before], mayRemove);
  }
}

/** Sources with points that may be erased now. */
function agedAmong(rows: Awaited<ReturnType<typeof queryLists>>, nowMillis: number): AgedSource[] {
  return rows.flatMap(([number, bucketId, retentionDays, undoFrom, undoUntil, oldest]) => {
    const bucket = { retentionDays, undoFrom, undoUntil } as BucketRow;
    const before = erasableBefore(bucket, nowMillis);
    const isAged = oldest !== null && Number(oldest) < before;
    return isAged ? [{ number: Number(number), bucketId: String(bucketId), before }] : [];
  });
}

/** If the retention was extended since the sweep began, points are visible again and must be kept. */
async function isErasable(
  manager: EntityManager,
  bucketId: string,
  { before, nowMillis }: { readonly before: number; readonly nowMillis: number },
): Promise<boolean> {
  const bucket = await lockRetention(manager, bucketId);
  return bucket !== undefined && before <= erasableBefore(bucket, nowMillis);
}
