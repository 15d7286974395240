import { findCountedPage } from './counted-page';

const PER_SLICE = 1000;
const MAX_COMPARED = 20_000;
let compared: number;
beforeEach(() => (compared = 0));

/** A list of this many rows, of which every tenth matches. */
async function* scan(rows: number, from = 0): AsyncGenerator<readonly number[], void> {
  for (let start = from; start < rows; start += PER_SLICE) {
    const end = Math.min(rows, start + PER_SLICE);
    compared += end - start;
    const slice = Array.from({ length: end - start }, (_, index) => start + index);
    yield await Promise.resolve(slice.filter((row) => row % 10 === 0));
  }
}
const find = (rows: number, page: { offset: number; limit: number }, from?: number) =>
  findCountedPage(
    {
      page: scan(rows, from),
      whole: from === undefined ? undefined : scan(rows),
      comparedPerSlice: PER_SLICE,
      maxCompared: MAX_COMPARED,
    },
    page,
  );

it('returns a page, and counts the whole list', async () => {
  expect(await find(5000, { offset: 0, limit: 2 })).toEqual({
    ...{ rows: [0, 10], total: 500, isTotalExact: true, hasMore: true },
  });
  expect(await find(5000, { offset: 498, limit: 2 })).toEqual({
    ...{ rows: [4980, 4990], total: 500, isTotalExact: true, hasMore: false },
  });
  expect(await find(0, { offset: 0, limit: 2 })).toEqual({ rows: [], total: 0, isTotalExact: true, hasMore: false });
});

it('counts the rows before a page that starts elsewhere', async () => {
  expect(await find(5000, { offset: 0, limit: 1 }, 2000)).toEqual({
    ...{ rows: [2000], total: 500, isTotalExact: true, hasMore: true },
  });
});

it('stops counting after a bounded number of rows', async () => {
  const page = await find(MAX_COMPARED * 3, { offset: 0, limit: 3 });
  expect(page).toEqual({ rows: [0, 10, 20], total: MAX_COMPARED / 10, isTotalExact: false, hasMore: true });
  expect(compared).toBe(MAX_COMPARED);
});

it('fills the page even beyond that number', async () => {
  const offset = MAX_COMPARED / 10 + 5;
  const page = await find(MAX_COMPARED * 3, { offset, limit: 2 });
  expect(page).toMatchObject({ rows: [offset * 10, offset * 10 + 10], isTotalExact: false, hasMore: true });
});
