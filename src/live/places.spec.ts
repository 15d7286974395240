import fc from 'fast-check';
import { readEventId, writeEventId } from './event-id';
import { readPlaces, rowsOf, writePlaces } from './places';

const point = fc.record({ at: fc.nat({ max: 253_402_300_799_999 }), meta: fc.nat({ max: 2_147_483_647 }) });
const stored = fc.array(
  fc.record({
    bucketId: fc.constant('b'),
    source: fc.nat({ max: 16_777_215 }),
    points: fc.array(point, { minLength: 1, maxLength: 30 }),
  }),
  { maxLength: 6 },
);

it('reads the places that were written, in their order', () => {
  fc.assert(
    fc.property(stored, (parts) => {
      const flat = parts.flatMap(({ source, points }) => points.map((one) => ({ source, ...one })));
      expect(readPlaces(writePlaces(parts))).toEqual(flat);
    }),
  );
});

it('splits a commit into rows of at most so many points, without losing one or changing the order', () => {
  fc.assert(
    fc.property(stored, fc.integer({ min: 1, max: 20 }), (parts, most) => {
      const rows = [...rowsOf(parts, most)];
      const flat = (some: typeof parts) =>
        some.flatMap(({ source, points }) => points.map((one) => ({ source, ...one })));
      expect(rows.flatMap((row) => flat([...row] as typeof parts))).toEqual(flat(parts));
      const sizes = rows.map((row) => row.reduce((sum, { points }) => sum + points.length, 0));
      expect(sizes.slice(0, -1).every((size) => size === most)).toBe(true);
      expect(sizes.every((size) => size > 0 && size <= most)).toBe(true);
    }),
  );
});

it('reads the ids that it wrote, and no other text', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat({ max: 253_402_300_799_999 }), (seq, atMillis) => {
      expect(readEventId(writeEventId({ seq, atMillis }))).toEqual({ seq, atMillis });
    }),
  );
  for (const text of ['', '-', '1', '1-', '-1', 'A-1', '1-1-1', '1-1 ', 'zzzzzzzzzzz-1', '1-zzzzzzzzzzz'])
    expect(readEventId(text)).toBeUndefined();
});
