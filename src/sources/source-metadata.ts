import type { EntityManager } from 'typeorm';
import { query, rowLock } from '../database/sql';

/**
 * The columns of a source that number its metadata. Points keep the texts; the numbers stand in the source's row, so that
 * ingest reads and locks them with the row.
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
  /** How many texts the source has. */
  readonly count: number;
  /** The number of the next new text. */
  readonly next: number;
  readonly version: number;
}

/** Locks a source, also a deleted one, and reads how its metadata is numbered. */
export async function lockSourceMetadata(manager: EntityManager, number: number): Promise<SourceMetadata | undefined> {
  const [row] = await query<SourceMetadata>(manager, LOCK + rowLock(manager, 'UPDATE'), [number]);
  return row;
}

/** Counts texts that got the next numbers of a locked source. */
export async function addMetadata(manager: EntityManager, number: number, added: number, stamp: number): Promise<void> {
  await query(manager, ADD, [added, added, stamp, number]);
}

/** Counts texts that were removed from a locked source. */
export async function subtractMetadata(manager: EntityManager, number: number, removed: number): Promise<void> {
  await query(manager, SUBTRACT, [removed, number]);
}

/** @param stamp left as it is where undefined */
export async function setMetadataVersion(
  manager: EntityManager,
  number: number,
  version: number,
  stamp?: number,
): Promise<void> {
  if (stamp === undefined) await query(manager, SET_VERSION, [version, number]);
  else await query(manager, SET_VERSION_AND_STAMP, [version, stamp, number]);
}
