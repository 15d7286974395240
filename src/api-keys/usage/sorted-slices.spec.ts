import fc from 'fast-check';
import { sortedSlices } from './sorted-slices';

async function slicesOf(ids: readonly string[], length: number): Promise<string[][]> {
  const slices = [];
  for await (const slice of sortedSlices(ids, length)) slices.push(slice);
  return slices;
}

it('gives each id once, in order, so many at a time', async () => {
  const ids = fc.uniqueArray(fc.string(), { maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(ids, fc.integer({ min: 1, max: 20 }), async (given, length) => {
      const slices = await slicesOf(given, length);
      expect(slices.flat()).toEqual([...given].sort());
      expect(slices.slice(0, -1).every((slice) => slice.length === length)).toBe(true);
    }),
  );
});

it('does so for more than are sorted at once', async () => {
  const ids = Array.from({ length: 12_007 }, (_, index) => String((index * 7919) % 12_007));
  const slices = await slicesOf(ids, 250);
  expect(slices.flat()).toEqual([...ids].sort());
  expect(slices).toHaveLength(49);
});
