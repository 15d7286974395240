import fc from 'fast-check';
import { AscendingNumbers } from './ascending-numbers';

it('contains exactly the added numbers', () => {
  const numbers = fc.uniqueArray(fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 2 ** 31 - 1 })));
  fc.assert(
    fc.property(numbers, fc.integer({ min: 0, max: 200 }), (added, other) => {
      const set = new AscendingNumbers();
      const sorted = [...added].sort((one, two) => one - two);
      for (const number of sorted) set.add(number);
      expect(sorted.every((number) => set.has(number))).toBe(true);
      expect(set.has(other)).toBe(added.includes(other));
      expect(set.size).toBe(added.length);
    }),
  );
});
