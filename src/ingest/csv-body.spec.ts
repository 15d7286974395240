import { ROLLUP_WINDOW_MILLIS } from '../points/rollups';
import type { Schema } from '../sources/schema';
import { CsvBody, ROWS_PER_COMMIT } from './csv-body';
import { MOST_ROLLUPS } from './rollup-count';

const ID = '65'.padEnd(24, '0');
const ROWS = 1000;
const FIRST_MILLIS = Date.UTC(2024, 0, 1);

/** How many points of a CSV are stored at a time. The time of a row is `stepMillis` after the one before. */
async function storedAtOnce(fields: number, stepMillis: number): Promise<number[]> {
  const names = Array.from({ length: fields }, (_, slot) => `f${slot}`);
  const schema: Schema = names.map((name, slot) => ({ name, type: 'number', slot }));
  const timeOf = (row: number) => new Date(FIRST_MILLIS + row * stepMillis).toISOString();
  const rows = Array.from({ length: ROWS }, (_, row) => [timeOf(row), ...names.map(() => row)]);
  const text = [['timestamp', ...names], ...rows].map((cells) => cells.join()).join('\n');
  const stored: number[] = [];
  const add = (points: readonly unknown[]) => {
    stored.push(points.length);
    return Promise.resolve({ inserted: points.length, updated: 0, duplicates: 0, problems: [] });
  };
  const body = new CsvBody({ sources: { own: schema }, sourceId: ID, add }, {}, () => Promise.resolve());
  const chunks = (function* () {
    yield Buffer.from(text);
  })();
  await body.read(chunks as unknown as AsyncIterable<Buffer>);
  expect(body.refused).toEqual([]);
  expect(body.counts).toEqual({ inserted: ROWS, updated: 0, duplicates: 0, rejected: 0 });
  return stored;
}

it('stores a thousand rows at a time, however many fields they have', async () => {
  expect(await storedAtOnce(3, 1)).toEqual([ROWS_PER_COMMIT]);
});

it('stores fewer rows at a time if each changes rollups of its own', async () => {
  const stored = await storedAtOnce(50, ROLLUP_WINDOW_MILLIS);
  expect(stored.reduce((sum, count) => sum + count, 0)).toBe(ROWS);
  expect(Math.max(...stored)).toBe(Math.ceil(MOST_ROLLUPS / 51));
});
