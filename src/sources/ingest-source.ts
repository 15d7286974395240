import type { EntityManager } from 'typeorm';
import { query, rowLock } from '../database/sql';

const LOCK = `SELECT id, number, bucket_id AS "bucketId", schema, status, watch_version AS "watchVersion",
    metadata_count AS "metadataCount", next_metadata AS "nextMetadata", metadata_version AS "metadataVersion",
    metadata_stamp AS "metadataStamp"
  FROM data_sources
  WHERE id = ? AND bucket_id = ? AND deleted_at IS NULL`;

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

/** Locks a source of a bucket until the transaction ends, and reads it. Undefined if it does not exist or is deleted. */
export async function lockIngestSource(
  manager: EntityManager,
  bucketId: string,
  id: string,
): Promise<IngestSource | undefined> {
  const [row] = await query<IngestSource>(manager, LOCK + rowLock(manager, 'UPDATE'), [id, bucketId]);
  return row;
}
