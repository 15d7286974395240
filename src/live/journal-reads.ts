import type { EntityManager } from 'typeorm';
import { query } from '../database/sql';
import type { Position } from './event-id';
import type { LiveCommit } from './live-commit.entity';

/** Points of one page, which is read and sent in a few milliseconds. */
const POINTS_PER_PAGE = 500;

/** A numbered row. */
export type NumberedCommit = Pick<LiveCommit, 'bucketId' | 'points' | 'places' | 'writtenAt'> & {
  readonly seq: number;
};

const COLUMNS = 'seq, bucket_id AS "bucketId", points, places, written_at AS "writtenAt"';
/** Rows follow each other without a gap, except where the oldest were removed. */
const PAGE = `SELECT ${COLUMNS} FROM live_commits
  WHERE seq > ? AND seq <= (SELECT min(seq) FROM live_commits WHERE seq > ?) + ${POINTS_PER_PAGE} ORDER BY seq`;
const CONTAINING = `SELECT ${COLUMNS} FROM live_commits WHERE seq >= ? ORDER BY seq LIMIT 1`;
const HEAD = `SELECT ${COLUMNS} FROM live_commits WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1`;
const BEGINNING = "SELECT max(seq) AS seq FROM live_commits WHERE bucket_id = ? AND places = ''";

/** The next rows after the point with this number; none at the end. */
export function readCommits(manager: EntityManager, after: number): Promise<NumberedCommit[]> {
  return query<NumberedCommit>(manager, PAGE, [after, after]);
}

/** The position after the last commit; undefined if none was ever recorded. */
export async function readHead(manager: EntityManager): Promise<Position | undefined> {
  const [row] = await query<NumberedCommit>(manager, HEAD, []);
  return row && endOf(row);
}

/** Whether the database has the commit of this position. Another database, or one that lost its last commits, has not. */
export async function isKnown(manager: EntityManager, { seq, atMillis }: Position): Promise<boolean> {
  const [row] = await query<NumberedCommit>(manager, CONTAINING, [seq]);
  return row !== undefined && row.seq - row.points < seq && endOf(row).atMillis === atMillis;
}

/** Whether the commits of a bucket were recorded all the time since this position. */
export async function isRecordedSince(manager: EntityManager, bucketId: string, { seq }: Position): Promise<boolean> {
  const [beginning] = await query<{ seq: number | null }>(manager, BEGINNING, [bucketId]);
  return (beginning?.seq ?? 0) <= seq;
}

/** The position after a row. */
export function endOf({ seq, writtenAt }: Pick<NumberedCommit, 'seq' | 'writtenAt'>): Position {
  return { seq, atMillis: Math.floor(writtenAt / 1000) };
}
