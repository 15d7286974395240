import { gather } from './gather';

afterEach(() => jest.restoreAllMocks());

/** Counts one more job in each turn, which takes so long on the clock of this test. */
function growing(turnMillis: number) {
  let count = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => count * turnMillis);
  return { next: () => ++count, count: () => count };
}

it('waits while short turns add work', async () => {
  const { next, count } = growing(0.1);
  await gather(next);
  expect(count()).toBeGreaterThanOrEqual(100);
});

it('does not wait for long turns until none adds work', async () => {
  const { next, count } = growing(4);
  await gather(next);
  expect(count()).toBeLessThan(12);
});

it('waits for fewer long turns if several callers wait', async () => {
  const alone = growing(4);
  await gather(alone.next);
  const shared = growing(4);
  await gather(shared.next, () => true);
  expect(shared.count()).toBeLessThan(alone.count() / 2);
});
