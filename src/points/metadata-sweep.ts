import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { query, queryLists } from '../database/sql';
import { lockSourceMetadata, setMetadataVersion, type SourceMetadata } from '../sources/source-metadata';
import { PeriodicTasks, type PeriodicTask } from '../database/periodic-task';
import type { Run } from '../database/watched';
import { Writer } from '../database/writer';
import { countRemoved } from './metadata-counts';
import { removeTexts } from './metadata-rows';
import { endOfSweep, newStamp, newSweep } from './metadata-stamps';

const EVERY_MILLIS = 30_000;
/** A sweep that was interrupted by a crash is restarted after this time. */
const LEASE_MILLIS = 600_000;
const RENEW_MILLIS = 60_000;
/** The minimum time between two sweeps of a source. */
export const SWEEP_WAIT_MILLIS = 600_000;
/** The next sweep waits at least this multiple of the duration of the last one. */
const WAIT_TIMES = 50;
/** A pause after each page, as a multiple of its read time: a sweep reads at most a tenth of the time. */
const PAUSE_TIMES = 9;
const POINTS_PER_PAGE = 4000;
const NUMBERS_PER_STEP = 1000;

const NOTE_REMOVAL = `INSERT INTO metadata_sweeps (source, removals, swept, not_before) VALUES (?, 1, 0, 0)
  ON CONFLICT (source) DO UPDATE SET removals = metadata_sweeps.removals + 1`;
const DUE =
  'SELECT source, removals FROM metadata_sweeps WHERE removals > swept AND not_before <= ? ORDER BY not_before LIMIT 100';
const TAKE = 'UPDATE metadata_sweeps SET not_before = ? WHERE source = ? AND not_before <= ? RETURNING removals';
const RENEW = 'UPDATE metadata_sweeps SET not_before = ? WHERE source = ?';
const FINISH = 'UPDATE metadata_sweeps SET swept = ?, not_before = ? WHERE source = ?';
const FORGET = 'DELETE FROM metadata_sweeps WHERE source = ?';
const POINTS = `SELECT at, meta FROM points WHERE source = ? AND at >= ? AND (at > ? OR meta > ?)
  ORDER BY at, meta LIMIT ${POINTS_PER_PAGE}`;
const NUMBERS = `SELECT number FROM point_metadata WHERE source = ? AND number > ? AND number < ?
  ORDER BY number LIMIT ${NUMBERS_PER_STEP}`;
const ANY_NUMBERS = `SELECT number FROM point_metadata WHERE source = ? LIMIT ${NUMBERS_PER_STEP}`;

/** Records, in a transaction that removes points of a source, that some of its metadata may be unused. */
export async function noteRemoval(manager: EntityManager, source: number): Promise<void> {
  await query(manager, NOTE_REMOVAL, [source]);
}

/** Deletes the sweep state of sources whose rows are removed. */
export async function forgetSweeps(manager: EntityManager, sources: readonly number[]): Promise<void> {
  await query(manager, `DELETE FROM metadata_sweeps WHERE source IN (${sources.map(() => '?').join(', ')})`, [
    ...sources,
  ]);
}

/**
 * Removes unused metadata in the background, in small steps. While it reads the points of a source, ingest marks the metadata of
 * the points it stores (`isSweeping`), so that metadata in use is never removed.
 */
@Injectable()
export class MetadataSweep {
  private readonly job: PeriodicTask;

  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    periodicTasks: PeriodicTasks,
  ) {
    this.job = periodicTasks.register({
      failed: 'Unused metadata could not be removed yet',
      everyMillis: EVERY_MILLIS,
      work: (run) => this.sweepAll(run, Date.now()),
    });
  }

  /** Sweeps the sources that are due: points were removed, and the last sweep was long enough ago. */
  sweepDue(nowMillis = Date.now()): Promise<void> {
    return this.job.run((run) => this.sweepAll(run, nowMillis));
  }

  private async sweepAll(run: Run, nowMillis: number): Promise<void> {
    const due = await query<{ source: number }>(this.dataSource.manager, DUE, [nowMillis]);
    for (const { source } of due) if (run.next()) await this.sweep(run, source, nowMillis);
  }

  /** Removes all metadata of a deleted source without points, in steps, while `next` returns true. */
  async removeAll(source: number, next: () => boolean): Promise<void> {
    const removeSome = () =>
      this.writer.write(async (manager) => {
        const row = await lockSourceMetadata(manager, source);
        const numbers = await query<{ number: number }>(manager, ANY_NUMBERS, [source]);
        if (!row) return false;
        await this.removeNumbers(
          manager,
          row,
          numbers.map(({ number }) => number),
          -1,
        );
        if (numbers.length < NUMBERS_PER_STEP) await query(manager, FORGET, [source]);
        return numbers.length === NUMBERS_PER_STEP;
      });
    while (next() && (await removeSome()));
  }

  private async sweep(run: Run, source: number, nowMillis: number): Promise<void> {
    const start = performance.now();
    const taken = await this.begin(source, nowMillis);
    if (!taken) return;
    const { row, removals } = taken;
    const used = await this.usedNumbers(run, row);
    if (!used || !(await this.removeUnused(run, row, used))) return;
    const wait = Math.max(SWEEP_WAIT_MILLIS, WAIT_TIMES * (performance.now() - start));
    await this.writer.write(async (manager) => {
      const now = await lockSourceMetadata(manager, source);
      if (now?.version !== row.version) return;
      await setMetadataVersion(manager, source, endOfSweep(row.version));
      await query(manager, FINISH, [removals, Math.ceil(nowMillis + wait), source]);
    });
  }

  /** After this commit, ingest marks the metadata it uses. Returns undefined if another instance has started the sweep. */
  private begin(source: number, nowMillis: number) {
    return this.writer.write(async (manager) => {
      const row = await lockSourceMetadata(manager, source);
      const [taken] = await query<{ removals: number }>(manager, TAKE, [nowMillis + LEASE_MILLIS, source, nowMillis]);
      if (!row || !taken) return undefined;
      const removals = taken.removals;
      if (row.count === 0) {
        await query(manager, FINISH, [removals, nowMillis + SWEEP_WAIT_MILLIS, source]);
        return undefined;
      }
      const version = newSweep();
      await setMetadataVersion(manager, source, version, newStamp());
      return { row: { ...row, version }, removals };
    });
  }

  /** The numbers used by points. It ends early if all numbers are in use. Returns undefined when stopped. */
  private async usedNumbers(run: Run, { number, count, next }: SourceMetadata): Promise<Set<number> | undefined> {
    const used = new Set<number>();
    let [at, meta] = [0, -1];
    let renewedAt = performance.now();
    while (used.size < count) {
      if (!run.next()) return undefined;
      const start = performance.now();
      const rows = await queryLists(this.dataSource.manager, POINTS, [number, at, at, meta]);
      for (const row of rows) {
        [at, meta] = [Number(row[0]), Number(row[1])];
        if (meta !== 0 && meta < next) used.add(meta);
      }
      if (rows.length < POINTS_PER_PAGE) return used;
      await setTimeout(PAUSE_TIMES * (performance.now() - start));
      if (performance.now() - renewedAt < RENEW_MILLIS) continue;
      renewedAt = performance.now();
      await this.writer.write((manager) => query(manager, RENEW, [Date.now() + LEASE_MILLIS, number]));
    }
    return used;
  }

  /** Returns whether the sweep is complete. */
  private async removeUnused(run: Run, row: SourceMetadata, used: ReadonlySet<number>): Promise<boolean> {
    if (used.size >= row.count) return true;
    for (let last = 0; ;) {
      if (!run.next()) return false;
      const numbers = await query<{ number: number }>(this.dataSource.manager, NUMBERS, [row.number, last, row.next]);
      const unused = numbers.map(({ number }) => number).filter((number) => !used.has(number));
      if (unused.length > 0 && !(await this.removeStep(row, unused))) return false;
      if (numbers.length < NUMBERS_PER_STEP) return true;
      last = numbers.at(-1)?.number ?? last;
    }
  }

  private removeStep(row: SourceMetadata, unused: readonly number[]): Promise<boolean> {
    return this.writer.write(async (manager) => {
      const now = await lockSourceMetadata(manager, row.number);
      if (now?.version !== row.version) return false;
      await this.removeNumbers(manager, row, unused, row.version);
      return true;
    });
  }

  private async removeNumbers(manager: EntityManager, row: SourceMetadata, numbers: readonly number[], sweep: number) {
    await countRemoved(manager, row, await removeTexts(manager, row.number, numbers, sweep));
  }
}
