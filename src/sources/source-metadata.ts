import type { EntityManager } from 'typeorm';
import { query, rowLock } from '../database/sql';

/**
 * The metadata counters of a source. `points` stores the texts; the counters are columns of the source, so that ingest reads and
 * locks them together with the row.
 */
const LOCK = `SELECT number, bucket_id AS "bucketId", metadata_count AS "count", next_metadata AS "next",
  metadata_version AS "version" FROM data_sources WHERE number = ?`;
const ADD = `UPDATE data_sources SET metadata_count = metadata_count + ?, next_metadata = next_metadata + ?,
  metadata_stamp = ? WHERE number = ?`;
const SUBTRACT = 'UPDATE data_sources SET metadata_count = metadata_count - ? WHERE number = ?';
const SET_VERSION = 'UPDATE data_sources SET metadata_version = ? WHERE number = ?';
const SET_VERSION_AND_STAMP = 'UPDATE data_sources SET metadata_version = ?, metadata_stamp = ? WHERE number = ?';

export interface SourceMetadata {
  readonly number: number;
  readonly bucketId: string;
  /** The number of distinct metadata texts. */
  readonly count: number;
  /** The number of the next new text. */
  readonly next: number;
  readonly version: number;
}

/** Locks a source, which may be deleted, and reads its metadata counters. */
export async function lockSourceMetadata(manager: EntityManager, number: number): Promise<SourceMetadata | undefined> {
  const [row] = await query<SourceMetadata>(manager, LOCK + rowLock(manager, 'UPDATE'), [number]);
  return row;
}

/** Adds texts to the counters of a locked source. */
export async function addMetadata(manager: EntityManager, number: number, added: number, stamp: number): Promise<void> {
  await query(manager, ADD, [added, added, stamp, number]);
}

/** Subtracts removed texts from the count of a locked source. */
export async function subtractMetadata(manager: EntityManager, number: number, removed: number): Promise<void> {
  await query(manager, SUBTRACT, [removed, number]);
}

/** @param stamp undefined keeps the current one */
export async function setMetadataVersion(
  manager: EntityManager,
  number: number,
  version: number,
  stamp?: number,
): Promise<void> {
  if (stamp === undefined) await query(manager, SET_VERSION, [version, number]);
  else await query(manager, SET_VERSION_AND_STAMP, [version, stamp, number]);
}
