import { hash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { insertTogether, rowInsert } from '../database/insert-together';
import { isPostgres, query, type SqlValue } from '../database/sql';
import { eachTogether, readTogether } from '../database/together';

const NUMBERS_PER_STATEMENT = 100;
const LIST = `(${Array(NUMBERS_PER_STATEMENT).fill('?').join(', ')})`;
const FIND_NUMBERS = `SELECT number, digest FROM point_metadata WHERE source = ? AND digest IN ${LIST}`;
const FIND_TEXTS = `SELECT number, text FROM point_metadata WHERE source = ? AND number IN ${LIST}`;
const FIND_TEXT = 'SELECT number, text FROM point_metadata WHERE source = ? AND number = ? LIMIT 1';
const MARK_SEEN = `UPDATE point_metadata SET seen = ? WHERE source = ? AND seen <> ? AND number IN ${LIST}`;
const REMOVE = `DELETE FROM point_metadata WHERE source = ? AND seen <> ? AND number IN ${LIST} RETURNING line`;
const INSERT = rowInsert('point_metadata (source, number, digest, text, line)', 5);

/** A text to store. */
export interface NewText {
  readonly number: number;
  readonly text: string;
  readonly line: string | null;
}

function digestOf(text: string): string {
  return hash('sha256', text).slice(0, 32);
}

/** The numbers of the texts that are stored for a source. */
export async function findNumbers(
  manager: EntityManager,
  source: number,
  texts: readonly string[],
): Promise<Map<string, number>> {
  const byDigest = new Map(texts.map((text) => [digestOf(text), text]));
  const found = new Map<string, number>();
  for (const slice of slicesOf([...byDigest.keys()], ''))
    for (const row of await query<{ number: number; digest: string }>(manager, FIND_NUMBERS, [source, ...slice]))
      found.set(byDigest.get(row.digest) as string, row.number);
  return found;
}

interface StoredText {
  readonly number: number;
  readonly text: string;
}

/** The texts of these numbers of a source. */
export async function findTexts(
  manager: EntityManager,
  source: number,
  numbers: readonly number[],
): Promise<StoredText[]> {
  if (isPostgres(manager)) {
    const find = (number: number) => readTogether<StoredText>(manager, FIND_TEXT, [source, number]);
    return (await eachTogether(manager, numbers, find)).flat();
  }
  const rows = [];
  for (const slice of slicesOf(numbers, 0))
    rows.push(...(await query<StoredText>(manager, FIND_TEXTS, [source, ...slice])));
  return rows;
}

/** Stores new texts of a source, up to 100 per statement. */
export async function insertTexts(manager: EntityManager, source: number, texts: readonly NewText[]): Promise<void> {
  const values: SqlValue[] = [];
  for (const { number, text, line } of texts) values.push(source, number, digestOf(text), text, line);
  await insertTogether(manager, INSERT, values);
}

/** Marks numbers as used by points stored during a sweep, so that the sweep keeps them. */
export async function markSeen(
  manager: EntityManager,
  source: number,
  numbers: readonly number[],
  sweep: number,
): Promise<void> {
  for (const slice of slicesOf(numbers, 0)) await query(manager, MARK_SEEN, [sweep, source, sweep, ...slice]);
}

/** Removes texts of a source, except those marked during a sweep. Returns the rotation line of each removed text. */
export async function removeTexts(
  manager: EntityManager,
  source: number,
  numbers: readonly number[],
  sweep: number,
): Promise<(string | null)[]> {
  const lines = [];
  for (const slice of slicesOf(numbers, 0))
    lines.push(...(await query<{ line: string | null }>(manager, REMOVE, [source, sweep, ...slice])));
  return lines.map(({ line }) => line);
}

/** Slices of equal length. The last one is padded with a value that matches no row. */
function* slicesOf<T extends SqlValue>(values: readonly T[], filler: T): Generator<T[]> {
  for (let start = 0; start < values.length; start += NUMBERS_PER_STATEMENT)
    yield Array.from({ length: NUMBERS_PER_STATEMENT }, (_, index) => values[start + index] ?? filler);
}
