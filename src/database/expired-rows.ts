import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { query } from './sql';
import { PeriodicTasks, type PeriodicTask } from './periodic-task';
import { Writer } from './writer';
import type { Run } from './watched';

const HOUR_MILLIS = 3_600_000;
const ROWS_PER_STEP = 500;

/** Rows that expire `keptMillis` after their `created_at`, in a table with an `id`. */
export interface ExpiringRows {
  readonly table: string;
  readonly keptMillis: number;
  /** Which rows may be removed; all by default. */
  readonly where?: string;
}

/** Removes expired rows every hour, in steps that do not delay other writes. Rooms register their tables. */
@Injectable()
export class ExpiredRows {
  private readonly aging: ExpiringRows[] = [];
  private readonly job: PeriodicTask;

  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    periodicTasks: PeriodicTasks,
  ) {
    this.job = periodicTasks.register({
      failed: 'Old rows could not be removed yet',
      everyMillis: HOUR_MILLIS,
      firstAfterMillis: 0,
      work: (run) => this.removeAll(run, Date.now()),
    });
  }

  register(rows: ExpiringRows): void {
    this.aging.push(rows);
  }

  /** Removes expired rows now. Failures are retried an hour later. */
  remove(nowMillis = Date.now()): Promise<void> {
    return this.job.run((run) => this.removeAll(run, nowMillis));
  }

  private async removeAll(run: Run, nowMillis: number): Promise<void> {
    const failures: unknown[] = [];
    for (const rows of this.aging) {
      try {
        while (run.next() && (await this.removeSome(rows, nowMillis)));
      } catch (cause) {
        failures.push(cause);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Returns whether there may be more. Without expired rows it begins no transaction. */
  private async removeSome({ table, keptMillis, where = '1 = 1' }: ExpiringRows, nowMillis: number): Promise<boolean> {
    const before = nowMillis - keptMillis;
    const old = `created_at <= ? AND ${where}`;
    const find = `SELECT id FROM ${table} WHERE ${old} ORDER BY created_at LIMIT ${ROWS_PER_STEP}`;
    const ids = (await query<{ id: string }>(this.dataSource.manager, find, [before])).map(({ id }) => id);
    if (ids.length === 0) return false;
    const holes = ids.map(() => '?').join(', ');
    // Rows that were updated since the SELECT stay.
    const remove = `DELETE FROM ${table} WHERE id IN (${holes}) AND ${old}`;
    const serializeOn = `removal from ${table}`;
    await this.writer.write((manager) => query(manager, remove, [...ids, before]), { serializeOn });
    return ids.length === ROWS_PER_STEP;
  }
}
