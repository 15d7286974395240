import { visibleFrom } from '../common/retention';
import { erasableBefore, undoAfter, UNDO_MILLIS } from './retention-bounds';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 31);
const NO_UNDO = { undoFrom: null, undoUntil: null };

it('shows everything without a retention, and never a time before 1970', () => {
  expect(visibleFrom({ retentionDays: null }, NOW)).toBe(0);
  expect(visibleFrom({ retentionDays: 30 }, NOW)).toBe(NOW - 30 * DAY);
  expect(visibleFrom({ retentionDays: 3650 }, 1000 * DAY)).toBe(0);
});

it('erases what is hidden by the age of points alone at once', () => {
  const bucket = { retentionDays: 30, ...NO_UNDO };
  expect(undoAfter(bucket, { retentionDays: 30 }, NOW)).toEqual(NO_UNDO);
  expect(undoAfter(bucket, { retentionDays: 90 }, NOW)).toEqual(NO_UNDO);
  expect(erasableBefore(bucket, NOW)).toBe(visibleFrom(bucket, NOW));
});

it.each([
  [null, 7, 0],
  [90, 7, NOW - 90 * DAY],
])('keeps what a change from %s to %s days hides for 24 hours', (before, after, from) => {
  const undo = undoAfter({ retentionDays: before, ...NO_UNDO }, { retentionDays: after }, NOW);
  expect(undo).toEqual({ undoFrom: from, undoUntil: NOW + DAY });
  const bucket = { retentionDays: after, ...undo };
  expect(erasableBefore(bucket, NOW + UNDO_MILLIS - 1)).toBe(from);
  expect(erasableBefore(bucket, NOW + UNDO_MILLIS)).toBe(NOW + UNDO_MILLIS - after * DAY);
});

it('keeps what the first of two changes hides until 24 hours after the second, also where it was taken back between', () => {
  const first = { retentionDays: 30, ...undoAfter({ retentionDays: null, ...NO_UNDO }, { retentionDays: 30 }, NOW) };
  for (const between of [first, { ...first, retentionDays: null }]) {
    const second = { retentionDays: 7, ...undoAfter(between, { retentionDays: 7 }, NOW + 10_000) };
    expect(second).toMatchObject({ undoFrom: 0, undoUntil: NOW + 10_000 + DAY });
    expect(erasableBefore(second, NOW + DAY + 9999)).toBe(0);
  }
});
