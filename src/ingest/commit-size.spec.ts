import { CommitSize, MAX_POINTS, MAX_POINTS_OF_THREAD } from './commit-size';

it('starts at the maximum and stays there while points are fast', () => {
  const size = new CommitSize();
  expect(size.enough).toBe(MAX_POINTS);
  for (let commit = 0; commit < 10; commit++) size.note(2000, 8);
  expect(size.enough).toBe(MAX_POINTS);
});

it('shrinks while points are slow and recovers within a few commits', () => {
  const size = new CommitSize();
  for (let commit = 0; commit < 4; commit++) size.note(2000, 100);
  expect(size.enough).toBeGreaterThanOrEqual(500);
  expect(size.enough).toBeLessThan(600);
  for (let commit = 0; commit < 6; commit++) size.note(1000, 3);
  expect(size.enough).toBe(MAX_POINTS);
});

it('ignores commits with few points, whose cost is that of their requests', () => {
  const size = new CommitSize();
  for (let commit = 0; commit < 10; commit++) size.note(1, 5);
  expect(size.enough).toBe(MAX_POINTS);
});

it('is at least one point', () => {
  const size = new CommitSize();
  for (let commit = 0; commit < 50; commit++) size.note(200, 100_000);
  expect(size.enough).toBe(1);
});

it('lets a worker thread store more, but also less while points are slow', () => {
  const size = new CommitSize();
  expect(size.enoughForThread).toBe(MAX_POINTS_OF_THREAD);
  for (let commit = 0; commit < 10; commit++) size.note(2000, 100);
  expect(size.enoughForThread).toBeGreaterThan(size.enough);
  expect(size.enoughForThread).toBeLessThan(1000);
});
