import type { EntityManager } from 'typeorm';
import type { StoredSource } from '../sources/source-rows';

import { readListsTogether } from '../database/together';
import type { SentPoint } from './point-order';
import { isPostgres, query, queryLists } from '../database/sql';
import { COLUMNS, toNarrowPoint, toPoint } from './point-statements';
import { layoutOf } from './schema-layout';
import { identityOf, type PackedPoint } from './values';

/** Few sizes, so that prepared statements are reused. */
const TIMES_PER_LOOKUP = 100;
/** One index lookup per time. */
const SOURCES_AT = `SELECT DISTINCT asked.column1 AS source
  FROM (VALUES ${Array(TIMES_PER_LOOKUP).fill('(CAST(? AS bigint), CAST(? AS bigint))').join(', ')}) asked
  WHERE EXISTS (SELECT 1 FROM points WHERE source = asked.column1 AND at = asked.column2)`;

/** A time range `[from, to)` in milliseconds since 1970. */
export type Range = readonly [from: number, to: number];

const READ_COLUMNS = `at, meta, ${COLUMNS.join(', ')}, rest`;
const findAt = (times: number) =>
  `SELECT ${READ_COLUMNS} FROM points WHERE source = ? AND at IN (${Array(times).fill('?').join(', ')})`;
/** Few sizes, so that prepared statements are reused. */
const LARGEST_FIND_AT = { size: 100, text: findAt(100) };
const FIND_AT = [{ size: 4, text: findAt(4) }, LARGEST_FIND_AT];
const FIND_PLACE = `SELECT ${READ_COLUMNS} FROM points WHERE source = ? AND at = ? AND meta = ? LIMIT 1`;
const inOrderOf = (columns: string) => ({
  asc: `SELECT ${columns} FROM points WHERE source = ? AND (at > ? OR (at = ? AND meta > ?)) AND at >= ? AND at < ?
    ORDER BY at, meta LIMIT ?`,
  desc: `SELECT ${columns} FROM points WHERE source = ? AND (at < ? OR (at = ? AND meta < ?)) AND at >= ? AND at < ?
    ORDER BY at DESC, meta DESC LIMIT ?`,
});
const READ = inOrderOf(READ_COLUMNS);
/** Statements that read only some columns. Each value of a row has a cost. */
const narrowReads = new Map<string, Record<'asc' | 'desc', string>>();
const READ_PLACES = inOrderOf('at, meta');

/** The position of a point in the order of its source. */
export type Place = Pick<PackedPoint, 'at' | 'meta'>;

/** A page of points, starting after a place if one is given. */
export interface PageOptions {
  readonly limit: number;
  readonly sort: 'asc' | 'desc';
  readonly after?: Place | undefined;
}

/** Reads a page of the points in a range, ordered by time and metadata number. */
export async function readPoints(
  manager: EntityManager,
  source: StoredSource,
  range: Range,
  page: PageOptions,
): Promise<PackedPoint[]> {
  const values = valuesOf(source, range, page);
  // On PostgreSQL, reads of several sources share a statement only if they read the same columns.
  if (isPostgres(manager)) return (await readListsTogether(manager, READ[page.sort], values)).map(toPoint);
  const { width, hasRest } = layoutOf(source.schema);
  const rows = await queryLists(manager, narrowRead(width, hasRest)[page.sort], values);
  return rows.map((row) => toNarrowPoint(row, width, hasRest));
}

function narrowRead(width: number, hasRest: boolean): Record<'asc' | 'desc', string> {
  const name = `${width} ${hasRest}`;
  let read = narrowReads.get(name);
  if (!read) {
    const columns = ['at', 'meta', ...COLUMNS.slice(0, width), ...(hasRest ? ['rest'] : [])];
    narrowReads.set(name, (read = inOrderOf(columns.join(', '))));
  }
  return read;
}

/** Reads only the time and the metadata number of each point of a page. */
export async function readPlaces(
  manager: EntityManager,
  source: StoredSource,
  range: Range,
  page: PageOptions,
): Promise<Place[]> {
  const rows = await readListsTogether(manager, READ_PLACES[page.sort], valuesOf(source, range, page));
  return rows.map(([at, meta]) => ({ at: Number(at), meta: Number(meta) }));
}

/** The point at a place. Reads of several places may share a statement: see `eachTogether`. */
export async function findPoint(
  manager: EntityManager,
  source: number,
  place: Place,
): Promise<PackedPoint | undefined> {
  const [row] = await readListsTogether(manager, FIND_PLACE, [source, place.at, place.meta]);
  return row && toPoint(row);
}

/** The points at several places of a source, in no particular order. */
export async function findPoints(
  manager: EntityManager,
  source: number,
  places: readonly Place[],
): Promise<PackedPoint[]> {
  const wanted = new Set(places.map(identityOf));
  const points: PackedPoint[] = [];
  for (const row of await readAtTimes(manager, source, [...new Set(places.map(({ at }) => at))])) {
    const point = toPoint(row);
    if (wanted.has(identityOf(point))) points.push(point);
  }
  return points;
}

/** The points that are already stored, by identity. Skips points later than the latest stored point. */
export async function storedAmong(
  manager: EntityManager,
  { number }: StoredSource,
  sorted: readonly SentPoint[],
  latest: number | null,
): Promise<Map<string, PackedPoint>> {
  const stored = new Map<string, PackedPoint>();
  const times: number[] = [];
  for (const { point } of sorted) {
    if (latest === null || point.at > latest) break;
    if (point.at !== times.at(-1)) times.push(point.at);
  }
  for (const row of await readAtTimes(manager, number, times)) {
    const point = toPoint(row);
    stored.set(identityOf(point), point);
  }
  return stored;
}

/** The sources that have a point at any of these times. */
export async function sourcesAt(
  manager: EntityManager,
  times: readonly { readonly source: number; readonly at: number }[],
): Promise<Set<number>> {
  const found = new Set<number>();
  for (let start = 0; start < times.length; start += TIMES_PER_LOOKUP) {
    const values = Array.from({ length: TIMES_PER_LOOKUP }, (_, index) => times[start + index] ?? times[start]);
    const asked = values.flatMap((one) => (one ? [one.source, one.at] : []));
    for (const { source } of await query<{ source: number }>(manager, SOURCES_AT, asked)) found.add(source);
  }
  return found;
}

/** The rows of all points of a source at these times. */
async function readAtTimes(
  manager: EntityManager,
  source: number,
  times: readonly number[],
): Promise<(string | number | null)[][]> {
  const rows: (string | number | null)[][] = [];
  for (let start = 0; start < times.length;) {
    const left = times.length - start;
    const { size, text } = FIND_AT.find((one) => one.size >= left) ?? LARGEST_FIND_AT;
    const filled = Array.from({ length: size }, (_, index) => times[start + index] ?? times[start] ?? 0);
    for (const row of await readListsTogether(manager, text, [source, ...filled])) rows.push(row);
    start += size;
  }
  return rows;
}

function valuesOf({ number }: StoredSource, [from, to]: Range, { limit, sort, after }: PageOptions): number[] {
  const start = after ?? { at: sort === 'asc' ? from - 1 : to, meta: 0 };
  // Narrows the range so that the index scan starts at the page.
  const range = sort === 'asc' ? [Math.max(from, start.at), to] : [from, Math.min(to, start.at + 1)];
  return [number, start.at, start.at, start.meta, ...range, limit];
}
