import type { EntityManager } from 'typeorm';
import { queryLists, rowLock, type SqlValue } from '../database/sql';

const COLUMNS = `id, number, bucket_id, schema, status, watch_version, metadata_count, next_metadata, metadata_version,
    metadata_stamp`;
const LOCK = `SELECT ${COLUMNS} FROM data_sources WHERE id = ? AND bucket_id = ? AND deleted_at IS NULL`;
/** Few sizes, so that prepared statements are reused. */
const findMany = (size: number) => `SELECT ${COLUMNS} FROM data_sources
  WHERE id IN (${Array(size).fill('?').join(', ')}) AND deleted_at IS NULL ORDER BY id`;
const LARGEST_FIND = { size: 250, text: findMany(250) };
const FIND_MANY = [{ size: 16, text: findMany(16) }, LARGEST_FIND];

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
export function lockIngestSources(manager: EntityManager, ids: readonly string[]): Promise<IngestSource[]> {
  return findAll(manager, ids, rowLock(manager, 'UPDATE'));
}

/** Reads those of these sources that are not deleted, without locking them. */
export function readIngestSources(manager: EntityManager, ids: readonly string[]): Promise<IngestSource[]> {
  return findAll(manager, ids, '');
}

async function findAll(manager: EntityManager, ids: readonly string[], lock: string): Promise<IngestSource[]> {
  const rows: IngestSource[] = [];
  const sorted = [...ids].sort();
  for (let start = 0; start < sorted.length;) {
    const left = sorted.length - start;
    const { size, text } = FIND_MANY.find((one) => one.size >= left) ?? LARGEST_FIND;
    const filled = Array.from({ length: size }, (_, index) => sorted[start + index] ?? '');
    for (const row of await queryLists(manager, text + lock, filled)) rows.push(toSource(row));
    start += size;
  }
  return rows;
}

/** Locks a source of a bucket until the transaction ends, and reads it. Undefined if it does not exist or is deleted. */
export async function lockIngestSource(
  manager: EntityManager,
  bucketId: string,
  id: string,
): Promise<IngestSource | undefined> {
  const [row] = await queryLists(manager, LOCK + rowLock(manager, 'UPDATE'), [id, bucketId]);
  return row && toSource(row);
}

/** Lists are read, because SQLite takes longer for objects. */
function toSource(row: readonly SqlValue[]): IngestSource {
  const [id, number, bucketId, schema, status, ...counters] = row as SourceRow;
  const [watchVersion, metadataCount, nextMetadata, metadataVersion, metadataStamp] = counters;
  const metadata = { metadataCount, nextMetadata, metadataVersion, metadataStamp };
  return { id, number, bucketId, schema, status, watchVersion, ...metadata };
}

/** The values of `COLUMNS`. */
type SourceRow = readonly [
  ...[id: string, number: number, bucketId: string, schema: string, status: string],
  ...[watchVersion: number, metadataCount: number, nextMetadata: number],
  ...[metadataVersion: number, metadataStamp: number],
];
