import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { recordCommits } from '../buckets/bucket-streams';
import { newId } from '../common/ids';
import { LruMap } from '../common/lru-map';
import { isPostgres, query } from '../database/sql';
import { Writer } from '../database/writer';
import type { CommitJournal, RecordedPoints } from '../ingest/commit-journal';
import { rowsOf, writePlaces } from './places';

/** The commits of a bucket are recorded for this long after its last stream. Renewed when half of it is over. */
export const RECORDED_MILLIS = 3_600_000;
/** Instances whose clocks differ by less than this agree on whether a bucket is recorded. */
const CLOCK_MARGIN_MILLIS = 300_000;
/** Points of one row: the reader of a page never has to read more at once. */
export const POINTS_PER_ROW = 500;
/** Buckets whose last renewal is remembered. */
export const MAX_RENEWED = 10_000;
const ROWS_PER_NUMBERING = 1000;
const NUMBERING = 'numbers of live commits';
const MARK = '';

const POSTGRES_MICROS = 'CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)';
/** SQLite has one writer, so the order of rows is that of commits. */
const INSERT_SQLITE = `INSERT INTO live_commits (id, bucket_id, points, places, written_at, seq)
  SELECT ?, ?, ?, ?, ?, coalesce(max(seq), 0) + ? FROM live_commits`;
const INSERT_POSTGRES = `INSERT INTO live_commits (id, bucket_id, points, places, written_at)
  VALUES (?, ?, ?, ?, ${POSTGRES_MICROS})`;
const ANY_UNNUMBERED = 'SELECT 1 FROM live_commits WHERE seq IS NULL LIMIT 1';
/**
 * Rows that become visible together are numbered in the order in which they were written. A row that was written before others
 * but committed after they were numbered gets a later number: no reader has read past it.
 */
const NUMBER_ROWS = `UPDATE live_commits SET seq = numbered.seq FROM (
    SELECT id, (SELECT coalesce(max(seq), 0) FROM live_commits) + sum(points) OVER (ORDER BY written_at, id) AS seq
    FROM (SELECT id, points, written_at FROM live_commits WHERE seq IS NULL
      ORDER BY written_at, id LIMIT ${ROWS_PER_NUMBERING}) waiting
  ) numbered WHERE live_commits.id = numbered.id RETURNING live_commits.id`;

/** Records what commits change. See docs/decisions/0056-live-stream.md. */
@Injectable()
export class LiveJournal implements CommitJournal {
  private listener: () => void = () => {};
  /** Since when each bucket is known to be recorded, by `performance.now()`. */
  private readonly renewedAt = new LruMap<string, number>(MAX_RENEWED);

  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
  ) {
    writer.onConnect(() => this.renewedAt.clear());
  }

  /** Calls the listener after each recorded commit of this process. */
  onCommit(listener: () => void): void {
    this.listener = listener;
  }

  async record(manager: EntityManager, stored: readonly RecordedPoints[]): Promise<void> {
    const buckets = new Map<string, RecordedPoints[]>();
    for (const one of stored) {
      const own = buckets.get(one.bucketId);
      if (own) own.push(one);
      else buckets.set(one.bucketId, [one]);
    }
    for (const [bucketId, ofBucket] of buckets)
      for (const row of rowsOf(ofBucket, POINTS_PER_ROW)) {
        const points = row.reduce((sum, part) => sum + part.points.length, 0);
        await insert(manager, bucketId, points, writePlaces(row));
      }
  }

  committed(): void {
    this.listener();
  }

  /**
   * Has the commits of a bucket recorded from now on. Writes only if that is not known, or is to be renewed.
   *
   * @returns whether the bucket exists
   */
  async keepRecording(bucketId: string): Promise<boolean> {
    const now = performance.now();
    if (now - (this.renewedAt.get(bucketId) ?? -Infinity) < RECORDED_MILLIS / 2) return true;
    const exists = await this.writer.write(async (manager) => {
      const nowMillis = Date.now();
      const recording = await recordCommits(manager, bucketId, {
        untilMillis: nowMillis + RECORDED_MILLIS,
        continuesFromMillis: nowMillis + CLOCK_MARGIN_MILLIS,
      });
      if (recording?.isNew) await insert(manager, bucketId, 1, MARK);
      return recording !== undefined;
    });
    if (exists) this.renewedAt.set(bucketId, now);
    return exists;
  }

  /** Numbers committed rows in the order of their commits. On PostgreSQL only; any instance may do it. */
  async numberCommits(): Promise<void> {
    const { manager } = this.dataSource;
    if (!isPostgres(manager) || (await query(manager, ANY_UNNUMBERED, [])).length === 0) return;
    for (;;) {
      const numbered = await this.writer.write((each) => query(each, NUMBER_ROWS, []), { serializeOn: NUMBERING });
      if (numbered.length < ROWS_PER_NUMBERING) return;
    }
  }
}

async function insert(manager: EntityManager, bucketId: string, points: number, places: string): Promise<void> {
  if (isPostgres(manager)) await query(manager, INSERT_POSTGRES, [newId(), bucketId, points, places]);
  else await query(manager, INSERT_SQLITE, [newId(), bucketId, points, places, Date.now() * 1000, points]);
}
