import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { erasableBefore } from '../buckets/retention-bounds';
import type { Schema } from '../data-sources/schema';
import { query, rowLock } from '../database/sql';
import { Upkeep } from '../database/upkeep';
import { Writer } from '../database/writer';
import { PointRemoval } from '../points/point-removal';

const EVERY_MILLIS = 300_000;
const ROWS_PER_STEP = 500;

const ENDED = `SELECT s.number, s.schema FROM data_sources s JOIN point_totals t ON t.source = s.number
  WHERE s.deleted_at IS NOT NULL ORDER BY s.number LIMIT 100`;
const RETENTION = 'b.retention_days AS "retentionDays", b.undo_from AS "undoFrom", b.undo_until AS "undoUntil"';
const AGING = `SELECT s.number, s.schema, b.id AS "bucketId", ${RETENTION} FROM data_sources s
  JOIN buckets b ON b.id = s.bucket_id
  WHERE s.deleted_at IS NULL AND b.retention_days IS NOT NULL AND b.deleted_at IS NULL AND s.number > ?
  ORDER BY s.number LIMIT 100`;

const FIND_BUCKET = `SELECT ${RETENTION} FROM buckets b WHERE b.id = ?`;

/** The highest number stays taken: the next data source gets the one after it, and no number may be given twice. */
const EMPTY = `SELECT number FROM data_sources WHERE deleted_at IS NOT NULL
  AND number < (SELECT max(number) FROM data_sources)
  AND NOT EXISTS (SELECT 1 FROM point_totals t WHERE t.source = data_sources.number)
  ORDER BY number LIMIT ${ROWS_PER_STEP}`;

interface SourceRow {
  readonly number: number;
  readonly schema: string;
}

interface BucketRow {
  readonly retentionDays: number | null;
  readonly undoFrom: number | string | null;
  readonly undoUntil: number | string | null;
}

/** Removes, in the background and in small steps, the points of deleted sources, their rows, and what is older than a bucket keeps. */
@Injectable()
export class Retention implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly upkeep = new Upkeep(new Logger('Retention'));

  constructor(
    private readonly dataSource: DataSource,
    private readonly removal: PointRemoval,
    private readonly writer: Writer,
  ) {}

  onApplicationBootstrap(): void {
    this.upkeep.every(EVERY_MILLIS, () => this.sweep());
  }

  onApplicationShutdown(): Promise<void> {
    return this.upkeep.stop();
  }

  /** Removes what is to be removed by now. What fails is done the next time. */
  sweep(nowMillis = Date.now()): Promise<void> {
    return this.upkeep.inTurn('Old points', async () => {
      await this.removeEnded();
      while (this.upkeep.goesOn && (await this.removeEmpty()));
      await this.removeAged(nowMillis);
    });
  }

  private async removeEnded(): Promise<void> {
    for (;;) {
      const rows = await query<SourceRow>(this.dataSource.manager, ENDED, []);
      for (const { number, schema } of rows) {
        if (!this.upkeep.goesOn) return;
        await this.removal.removeAll({ number, schema: JSON.parse(schema) as Schema });
      }
      if (rows.length < 100) return;
    }
  }

  /** Removes rows of deleted sources of which nothing is left. Says whether there may be more of them. */
  private removeEmpty(): Promise<boolean> {
    return this.writer.write(
      async (manager) => {
        const numbers = (await query<{ number: number }>(manager, EMPTY, [])).map(({ number }) => number);
        const holes = numbers.map(() => '?').join(', ');
        if (numbers.length > 0) {
          await query(manager, `DELETE FROM metadata_sweeps WHERE source IN (${holes})`, numbers);
          await query(manager, `DELETE FROM data_sources WHERE number IN (${holes})`, numbers);
        }
        return numbers.length === ROWS_PER_STEP;
      },
      { serializeOn: 'deleted data sources' },
    );
  }

  private async removeAged(nowMillis: number): Promise<void> {
    for (let last = 0; ;) {
      const rows = await query<SourceRow & BucketRow & { bucketId: string }>(this.dataSource.manager, AGING, [last]);
      for (const { number, schema, bucketId, ...bucket } of rows) {
        if (!this.upkeep.goesOn) return;
        const source = { number, schema: JSON.parse(schema) as Schema };
        const mayRemove = (manager: EntityManager, before: number) =>
          isErasable(manager, bucketId, { before, nowMillis });
        await this.removal.remove(source, [0, erasableBeforeOf(bucket, nowMillis)], mayRemove);
        last = number;
      }
      if (rows.length < 100) return;
    }
  }
}

/** A retention that has become longer since the sweep began shows points again, which must not go any more. */
async function isErasable(
  manager: EntityManager,
  bucketId: string,
  { before, nowMillis }: { readonly before: number; readonly nowMillis: number },
): Promise<boolean> {
  const [bucket] = await query<BucketRow>(manager, FIND_BUCKET + rowLock(manager, 'SHARE'), [bucketId]);
  return bucket !== undefined && before <= erasableBeforeOf(bucket, nowMillis);
}

function erasableBeforeOf({ retentionDays, undoFrom, undoUntil }: BucketRow, nowMillis: number): number {
  const millis = (value: number | string | null) => (value === null ? null : Number(value));
  return erasableBefore({ retentionDays, undoFrom: millis(undoFrom), undoUntil: millis(undoUntil) }, nowMillis);
}
