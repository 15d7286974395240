import fc from 'fast-check';
import { sortInSlices } from './sort-in-slices';

const noYield = () => Promise.resolve();

it.each([0, 1, 2, 49_999, 50_000, 50_001, 100_000, 100_001, 237_111])('sorts %p numbers', async (count) => {
  const values = Array.from({ length: count }, (_, index) => Math.sin(index * 7919) * 1e6);
  expect(await sortInSlices(values, noYield)).toEqual(Float64Array.from(values).sort());
});

/** -0 and 0 are equal, so either may come first. */
const number = fc.double({ noNaN: true }).map((value) => value + 0);

it('sorts any numbers', () =>
  fc.assert(
    fc.asyncProperty(fc.array(number), fc.integer({ min: 1, max: 3 }), async (values, times) => {
      const many = Array.from(
        { length: times * 30_000 },
        (_, index) => values[index % Math.max(1, values.length)] ?? 0,
      );
      expect(await sortInSlices(many, noYield)).toEqual(Float64Array.from(many).sort());
    }),
    { numRuns: 20 },
  ));

it('yields between slices', async () => {
  let pauses = 0;
  await sortInSlices(
    Array.from({ length: 200_000 }, () => 1),
    () => Promise.resolve(void (pauses += 1)),
  );
  expect(pauses).toBeGreaterThanOrEqual(4 + 2 * 4);
});
