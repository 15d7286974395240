import { CommitSize, MOST_POINTS } from './commit-size';

it('takes the most points before anything is known, and while points are quick', () => {
  const size = new CommitSize();
  expect(size.enough).toBe(MOST_POINTS);
  for (let commit = 0; commit < 10; commit++) size.note(2000, 12);
  expect(size.enough).toBe(MOST_POINTS);
});

it('takes fewer while points are slow, and the most again soon after', () => {
  const size = new CommitSize();
  for (let commit = 0; commit < 4; commit++) size.note(2000, 100);
  expect(size.enough).toBeGreaterThanOrEqual(500);
  expect(size.enough).toBeLessThan(600);
  for (let commit = 0; commit < 4; commit++) size.note(1000, 6);
  expect(size.enough).toBe(MOST_POINTS);
});

it('learns nothing from commits of few points, which cost what their requests cost', () => {
  const size = new CommitSize();
  for (let commit = 0; commit < 10; commit++) size.note(1, 5);
  expect(size.enough).toBe(MOST_POINTS);
});

it('always takes a point', () => {
  const size = new CommitSize();
  for (let commit = 0; commit < 50; commit++) size.note(200, 100_000);
  expect(size.enough).toBe(1);
});
