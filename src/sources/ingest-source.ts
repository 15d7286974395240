import type { EntityManager } from 'typeorm';
import { query, rowLock } from '../database/sql';

const IDS_PER_STATEMENT = 250;
const COLUMNS = `id, number, bucket_id AS "bucketId", schema, status, watch_version AS "watchVersion",
    metadata_count AS "metadataCount", next_metadata AS "nextMetadata", metadata_version AS "metadataVersion",
    metadata_stamp AS "metadataStamp"`;
const LOCK = `SELECT ${COLUMNS} FROM data_sources WHERE id = ? AND bucket_id = ? AND deleted_at IS NULL`;
const LOCK_MANY = `SELECT ${COLUMNS} FROM data_sources
  WHERE id IN (${Array(IDS_PER_STATEMENT).fill('?').join(', ')}) AND deleted_at IS NULL ORDER BY id`;

/** The columns of a data source that ingest needs. The schema is the stored text: ingest caches the parsed form. */
export interface IngestSource {
  readonly id: string;
  readonly number: number;
  readonly bucketId: string;
  readonly schema: string;
  readonly status: string;
  readonly watchVersion: number;
  readonly metadataCount: number;
  readonly nextMetadata: number;
  readonly metadataVersion: number;
  readonly metadataStamp: number;
}

/** Locks these sources until the transaction ends, in the order of their ids, and reads those that are not deleted. */
export async function lockIngestSources(manager: EntityManager, ids: readonly string[]): Promise<IngestSource[]> {
  const rows: IngestSource[] = [];
  const sorted = [...ids].sort();
  for (let start = 0; start < sorted.length; start += IDS_PER_STATEMENT) {
    const some = sorted.slice(start, start + IDS_PER_STATEMENT);
    const filled = Array.from({ length: IDS_PER_STATEMENT }, (_, index) => some[index] ?? '');
    rows.push(...(await query<IngestSource>(manager, LOCK_MANY + rowLock(manager, 'UPDATE'), filled)));
  }
  return rows;
}

/** Locks a source of a bucket until the transaction ends, and reads it. Undefined if it does not exist or is deleted. */
export async function lockIngestSource(
  manager: EntityManager,
  bucketId: string,
  id: string,
): Promise<IngestSource | undefined> {
  const [row] = await query<IngestSource>(manager, LOCK + rowLock(manager, 'UPDATE'), [id, bucketId]);
  return row;
}
