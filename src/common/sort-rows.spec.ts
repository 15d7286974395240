import fc from 'fast-check';
import { sortRows } from './sort-rows';

it('sorts like Array.sort, and yields between slices', async () => {
  const rows = fc.array(fc.record({ key: fc.integer({ min: 0, max: 50 }), place: fc.integer() }), {
    maxLength: 3000,
    size: 'max',
  });
  await fc.assert(
    fc.asyncProperty(rows, async (given) => {
      let turns = 0;
      const compare = (one: { key: number }, other: { key: number }) => one.key - other.key;
      const sorted = await sortRows(given, compare, async () => {
        turns += 1;
        return Promise.resolve();
      });
      expect(sorted).toEqual([...given].sort(compare));
      if (given.length > 500) expect(turns).toBeGreaterThanOrEqual(Math.floor((given.length - 1) / 500));
    }),
    { numRuns: 30 },
  );
});
