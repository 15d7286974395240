import { setImmediate as nextTurn } from 'node:timers/promises';
import { SharedTurns } from './shared-turns';

/** The time as the pieces take it: what else the machine does has no part in it. */
let clock = 0;
beforeEach(() => jest.spyOn(performance, 'now').mockImplementation(() => clock));
afterEach(() => jest.restoreAllMocks());

function busy(millis: number): void {
  clock += millis;
}

it('runs what fits into a turn at once, and leaves the rest to later turns', async () => {
  const turns = new SharedTurns();
  const done: string[] = [];
  const pieces = ['a', 'b', 'c', 'd'].map((name) => turns.run('one', () => void (done.push(name), busy(3))));
  expect(done).toEqual(['a', 'b']);
  await nextTurn();
  await Promise.all(pieces);
  expect(done).toEqual(['a', 'b', 'c', 'd']);
});

it('lets other things happen between long pieces', async () => {
  const turns = new SharedTurns();
  let others = 0;
  let counting = true;
  const count = () => {
    others += 1;
    if (counting) setImmediate(count);
  };
  setImmediate(count);
  await Promise.all(Array.from({ length: 20 }, () => turns.run('one', () => busy(5))));
  counting = false;
  expect(others).toBeGreaterThanOrEqual(15);
});

it('leaves two turns free after one that is used up', async () => {
  const turns = new SharedTurns();
  const done: string[] = [];
  const pieces = ['a', 'b', 'c'].map((name) => turns.run('one', () => void (done.push(name), busy(4))));
  const seen: string[] = [];
  for (let turn = 0; turn < 7; turn++) {
    seen.push(done.join(''));
    await nextTurn();
  }
  await Promise.all(pieces);
  expect(seen).toEqual(['a', 'a', 'a', 'ab', 'ab', 'ab', 'abc']);
});

it('leaves no more turns free to requests that take long', async () => {
  const turns = new SharedTurns();
  const done: string[] = [];
  const pieces = ['a', 'b', 'c'].map((name) => turns.run('one', () => void (done.push(name), busy(4))));
  const seen: string[] = [];
  for (let turn = 0; turn < 5; turn++) {
    seen.push(done.join(''));
    await nextTurn();
    busy(20);
  }
  await Promise.all(pieces);
  expect(seen).toEqual(['a', 'a', 'ab', 'ab', 'abc']);
});

it('takes one piece of each caller in turn', async () => {
  const turns = new SharedTurns();
  const done: string[] = [];
  const piece = (name: string) => turns.run(name, () => void (done.push(name), busy(5)));
  await Promise.all([...'xaaaaabbc'].map(piece));
  expect(done.join('')).toBe('xabcabaaa');
});

it('hands on what a piece returns or throws', async () => {
  const turns = new SharedTurns();
  await expect(turns.run('one', () => 1)).resolves.toBe(1);
  await expect(
    turns.run('one', () => {
      throw new TypeError('no');
    }),
  ).rejects.toThrow(new TypeError('no'));
});
