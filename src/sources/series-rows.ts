import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { bulkInsert } from '../database/bulk-insert';
import { query } from '../database/sql';
import { SeriesTag } from './series-tag.entity';
import { SeriesRow } from './series.entity';

const HASH_CHARACTERS = 22;
const HASHES_PER_STATEMENT = 50;
const HASHES = Array(HASHES_PER_STATEMENT).fill('?').join(', ');
/** Not a join: before PostgreSQL has statistics of new rows, it would scan a table for it. */
const FIND = `SELECT hash, source FROM series WHERE bucket_id = ? AND hash IN (${HASHES})`;
const FIND_SOURCES = `SELECT number, id, schema FROM data_sources WHERE number IN (${HASHES}) AND deleted_at IS NULL`;
const REMOVE = `DELETE FROM series WHERE bucket_id = ? AND hash IN (${HASHES})`;

/** A measurement with its tags. */
export interface SeriesName {
  readonly measurement: string;
  /** Sorted by name, without repetitions. */
  readonly tags: readonly (readonly [name: string, value: string])[];
  /** Of both, 132 bits. */
  readonly hash: string;
}

/** The data source of a series. */
export interface SeriesSource {
  readonly hash: string;
  readonly id: string;
  /** As it is stored. */
  readonly schema: string;
}

interface FoundSource {
  readonly number: number;
  readonly id: string;
  readonly schema: string;
}

/** @param key a text that no other measurement with tags has */
export function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, HASH_CHARACTERS);
}

/** The data sources of these series that are not deleted, by hash. */
export async function findSeries(
  manager: EntityManager,
  bucketId: string,
  hashes: readonly string[],
): Promise<Map<string, SeriesSource>> {
  const found = new Map<string, SeriesSource>();
  for (const some of slicesOf(hashes)) {
    const series = await query<{ hash: string; source: number }>(manager, FIND, [bucketId, ...some]);
    if (series.length === 0) continue;
    const byNumber = new Map(series.map(({ hash, source }) => [source, hash]));
    const numbers = Array.from(some, (_, index) => series[index]?.source ?? -1);
    for (const { number, id, schema } of await query<FoundSource>(manager, FIND_SOURCES, numbers)) {
      const hash = byNumber.get(number) ?? '';
      found.set(hash, { hash, id, schema });
    }
  }
  return found;
}

/** Names the data sources of new series. A deleted data source with the same one loses it. */
export async function insertSeries(
  manager: EntityManager,
  bucketId: string,
  series: readonly (SeriesName & { readonly source: number })[],
): Promise<void> {
  const hashes = series.map(({ hash }) => hash);
  for (const some of slicesOf(hashes)) await query(manager, REMOVE, [bucketId, ...some]);
  const rows = series.map(({ hash, source, measurement }): SeriesRow => ({ bucketId, hash, source, measurement }));
  await bulkInsert(manager, SeriesRow, rows);
  const tags = series.flatMap(({ source, tags }) => tags.map(([name, value]): SeriesTag => ({ source, name, value })));
  await bulkInsert(manager, SeriesTag, tags);
}

/** Removes what names these data sources. */
export async function removeSeries(manager: EntityManager, numbers: readonly number[]): Promise<void> {
  const list = numbers.map(() => '?').join(', ');
  await query(manager, `DELETE FROM series_tags WHERE source IN (${list})`, [...numbers]);
  await query(manager, `DELETE FROM series WHERE source IN (${list})`, [...numbers]);
}

/** In sets of one size, so that the statement is prepared once. */
function slicesOf(hashes: readonly string[]): string[][] {
  const sets = Math.ceil(hashes.length / HASHES_PER_STATEMENT);
  return Array.from({ length: sets }, (_, set) =>
    Array.from({ length: HASHES_PER_STATEMENT }, (_, index) => hashes[set * HASHES_PER_STATEMENT + index] ?? ''),
  );
}
