import { SeriesTable, type Series } from '../../../src/ingest/line-protocol/series';

/** What the parser hashes a series to does not matter here; equal hashes must not mix series up. */
function findAll(table: SeriesTable, count: number, hashOf: (index: number) => number): (Series | string)[] {
  return Array.from({ length: count }, (_, index) => {
    const bytes = Buffer.from(`cpu,host=h${index}`);
    return table.find(bytes, 0, bytes.length, hashOf(index));
  });
}
const scattered = (index: number) => Math.imul(index + 1, 0x9e3779b1);

it('parses each series once, also after the table has grown', () => {
  const table = new SeriesTable();
  const [first, again] = [findAll(table, 4000, scattered), findAll(table, 4000, scattered)];
  const known = first.filter((series, index) => series === again[index]);
  expect(known.length).toBeGreaterThan(3900);
  expect(first.map((series) => (series as Series).key)).toEqual(again.map((series) => (series as Series).key));
});

it('finds the right series where all have one hash, and where the table is full', () => {
  for (const [count, hashOf] of [
    [200, () => 7],
    [40_000, scattered],
  ] as const) {
    const table = new SeriesTable();
    for (const found of [findAll(table, count, hashOf), findAll(table, count, hashOf)])
      expect(found.findIndex((series, index) => (series as Series).key !== `cpu\nhost\nh${index}`)).toBe(-1);
  }
});
