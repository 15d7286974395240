import { gather, MAX_GROUP } from './gather';

/** Counts one more job in each turn, which takes so long. */
function growing(turnMillis: number) {
  let count = 0;
  return () => {
    const end = performance.now() + turnMillis;
    while (performance.now() < end);
    return ++count;
  };
}

it('waits while short turns add work', async () => {
  const count = growing(0.01);
  await gather(count);
  expect(count()).toBeGreaterThan(10);
});

it('does not wait for long turns until none adds work', async () => {
  const count = growing(4);
  await gather(count);
  expect(count()).toBeLessThan(10);
  expect(count()).toBeLessThan(MAX_GROUP);
});
