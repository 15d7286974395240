import { GaveWay, LATEST_WAY_MILLIS, TransactionPace } from './transaction-pace';

let now = 0;
beforeEach(() => jest.spyOn(performance, 'now').mockImplementation(() => now));
afterEach(() => jest.restoreAllMocks());

function begin(givesWay?: () => boolean): TransactionPace {
  const pace = new TransactionPace();
  pace.begin();
  pace.beginWork(givesWay);
  return pace;
}

it('is due after a first block, then after shorter ones', async () => {
  const pace = begin();
  now += 35;
  expect(pace.isDue).toBe(false);
  now += 1;
  expect(pace.isDue).toBe(true);
  await pace.pause();
  now += 10;
  expect(pace.isDue).toBe(false);
  now += 1;
  expect(pace.isDue).toBe(true);
  pace.begin();
  expect(pace.isDue).toBe(false);
});

it('lets other work run, once for all statements that wait, and sums up how long that took', async () => {
  const pace = begin();
  const before = pace.awayMillis;
  const order: string[] = [];
  const statements = ['one', 'two'].map((name) => pace.pause().then(() => order.push(name)));
  expect(pace.isDue).toBe(true);
  setImmediate(() => order.push('next turn'));
  process.nextTick(() => {
    order.push('other work');
    now += 7;
  });
  await Promise.all(statements);
  expect(order).toEqual(['other work', 'one', 'two']);
  expect(pace.awayMillis - before).toBe(7);
});

it('gives way once work has taken long, if asked to, and not in the next transaction', async () => {
  let isAwaited = false;
  const pace = begin(() => isAwaited);
  now += LATEST_WAY_MILLIS - 1;
  isAwaited = true;
  await pace.pause();
  now += 1;
  isAwaited = false;
  await pace.pause();
  isAwaited = true;
  await expect(pace.pause()).rejects.toBeInstanceOf(GaveWay);
  pace.begin();
  now += 100;
  await pace.pause();
});
