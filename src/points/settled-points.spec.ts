import { sortPoints } from './point-order';
import { settlePoints } from './settled-points';
import { identityOf, type PackedPoint } from './values';

const pointOf = (at: number, ...columns: (number | null)[]): PackedPoint => ({ at, meta: 0, columns, rest: null });

function settle(requests: readonly (readonly PackedPoint[])[], stored: readonly PackedPoint[] = [], merges = false) {
  return settlePoints(sortPoints(requests), requests.length, {
    stored: new Map(stored.map((point) => [identityOf(point), point])),
    merges: () => merges,
  });
}

it('inserts the last of several new points with the same identity, and counts the others', () => {
  const { fresh, replaced, appended } = settle([
    [pointOf(2, 1), pointOf(1, 5), pointOf(2, 1)],
    [pointOf(2, 3), pointOf(3, 4)],
  ]);
  expect(fresh).toEqual([pointOf(1, 5), pointOf(2, 3), pointOf(3, 4)]);
  expect(replaced).toEqual([]);
  expect(appended).toEqual([
    { inserted: 2, updated: 0, duplicates: 1 },
    { inserted: 1, updated: 1, duplicates: 0 },
  ]);
});

it('replaces stored points with other values, and leaves those with the same', () => {
  const { fresh, replaced, appended } = settle([[pointOf(1, 1), pointOf(2, 9)]], [pointOf(1, 1), pointOf(2, 2)]);
  expect([fresh, replaced]).toEqual([[], [pointOf(2, 9)]]);
  expect(appended).toEqual([{ inserted: 0, updated: 1, duplicates: 1 }]);
});

it('merges values with those of the earlier point if asked to', () => {
  const points = [pointOf(1, 1, null), pointOf(1, null, 2)];
  expect(settle([points], [], true).fresh).toEqual([pointOf(1, 1, 2)]);
  expect(settle([points], [pointOf(1, 3, 4)], true).replaced).toEqual([pointOf(1, 1, 2)]);
  expect(settle([points], []).fresh).toEqual([pointOf(1, null, 2)]);
});
