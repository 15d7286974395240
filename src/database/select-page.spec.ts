import fc from 'fast-check';
import { selectPage } from './select-page';

async function* inSlices<Row>(rows: readonly Row[], length: number): AsyncGenerator<readonly Row[]> {
  for (let start = 0; start < rows.length; start += length)
    yield await Promise.resolve(rows.slice(start, start + length));
}
const compare = (one: number, other: number) => one - other;
const yieldTurn = () => Promise.resolve();

it('selects the same page as sorting and cutting all rows', async () => {
  const numbers = fc.uniqueArray(fc.integer({ min: 0, max: 500 }), { maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(
      numbers,
      fc.record({ offset: fc.nat(40), limit: fc.integer({ min: 1, max: 40 }) }),
      fc.option(fc.integer({ min: 0, max: 500 })),
      async (rows, { offset, limit }, after) => {
        const matches = (row: number) => row % 3 > 0;
        const isBehind = after === null ? undefined : (row: number) => row > after;
        const selection = { matches, compare, isBehind, offset, limit };
        const page = await selectPage(inSlices(rows, 7), selection, yieldTurn);
        const wanted = rows.filter(matches).sort(compare);
        const behind = wanted.filter((row) => row > (after ?? -1));
        expect(page).toEqual({
          rows: behind.slice(offset, offset + limit),
          total: wanted.length,
          hasMore: behind.length > offset + limit,
        });
      },
    ),
  );
});
