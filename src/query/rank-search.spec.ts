import fc from 'fast-check';
import { RankSearch } from './rank-search';

function search(values: readonly number[], ranks: readonly number[], maxKept: number) {
  const found = new RankSearch(ranks, maxKept);
  let passes = 0;
  while (!found.isDone) {
    for (const value of values) found.add(value);
    found.endPass();
    passes += 1;
  }
  return { values: ranks.map((rank) => found.valueAt(rank)), passes };
}

const sorted = (values: readonly number[]) => [...Float64Array.from(values).sort()];
const values = fc.array(fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(-0, 0, 21.5, 21.25, 1e308, -1e-300)), {
  minLength: 1,
  maxLength: 200,
});

it('finds the same values as sorting, in at most five passes', () => {
  const property = fc.property(
    values,
    fc.array(fc.nat(199), { minLength: 1, maxLength: 6 }),
    fc.nat(50),
    (all, some, most) => {
      const ranks = some.map((rank) => rank % all.length);
      const { values: found, passes } = search(all, ranks, most);
      expect(found).toEqual(ranks.map((rank) => sorted(all)[rank]));
      expect(passes).toBeLessThanOrEqual(5);
    },
  );
  fc.assert(property, { numRuns: 200 });
});

it('ends if nearly all values are equal and more than it may keep', () => {
  const all = [...Array<number>(5000).fill(21.5), 3, 40];
  expect(search(all, [0, 2500, 5001], 10)).toEqual({ values: [3, 21.5, 40], passes: 4 });
});

it('ends without values', () => {
  expect(search([], [0], 10)).toEqual({ values: [undefined], passes: 1 });
});
