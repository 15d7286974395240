import { CommitSize, MAX_POINTS, MAX_POINTS_OF_THREAD } from './commit-size';

it('starts with less than the maximum and reaches it while points are fast', () => {
  const size = new CommitSize();
  expect(size.enough()).toBe(MAX_POINTS / 2);
  for (let commit = 0; commit < 10; commit++) size.note(2000, 8);
  expect(size.enough()).toBe(MAX_POINTS);
});

it('shrinks while points are slow and recovers within a few commits', () => {
  const size = new CommitSize();
  for (let commit = 0; commit < 4; commit++) size.note(2000, 100);
  expect(size.enough()).toBeGreaterThanOrEqual(500);
  expect(size.enough()).toBeLessThan(600);
  for (let commit = 0; commit < 6; commit++) size.note(1000, 3);
  expect(size.enough()).toBe(MAX_POINTS);
});

it('ignores commits with few points, whose cost is that of their requests', () => {
  const size = new CommitSize();
  const before = size.enough();
  for (let commit = 0; commit < 10; commit++) size.note(1, 5);
  expect(size.enough()).toBe(before);
});

it('is at least one point', () => {
  const size = new CommitSize();
  for (let commit = 0; commit < 50; commit++) size.note(200, 100_000);
  expect(size.enough()).toBe(1);
});

it('lets a worker thread store more, but also less while points are slow', () => {
  const size = new CommitSize();
  for (let commit = 0; commit < 10; commit++) size.note(5000, 10);
  expect(size.enough({ isThreaded: true })).toBe(MAX_POINTS_OF_THREAD);
  for (let commit = 0; commit < 10; commit++) size.note(2000, 100);
  expect(size.enough({ isThreaded: true })).toBeGreaterThan(size.enough());
  expect(size.enough({ isThreaded: true })).toBeLessThan(1000);
});

it('lets a commit take about half as long while several callers store points', () => {
  const size = new CommitSize();
  for (let commit = 0; commit < 10; commit++) size.note(2000, 100);
  for (const isThreaded of [false, true]) {
    const [alone, shared] = [size.enough({ isThreaded }), size.enough({ isThreaded, isShared: true })];
    expect(shared / alone).toBeGreaterThan(0.4);
    expect(shared / alone).toBeLessThan(0.6);
  }
});

it('has the maximum if commits are not measured', () => {
  const size = new CommitSize(false);
  expect([size.enough(), size.enough({ isShared: true })]).toEqual([MAX_POINTS, MAX_POINTS]);
});
