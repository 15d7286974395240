import { QuotaCounts } from './quota-counts';

const NOON = Date.UTC(2026, 10, 23, 12);
const DAY = 86_400_000;
const DAILY = { limit: 1, per: 'day' } as const;
const MONTHLY = { limit: 1, per: 'month' } as const;

it('forgets the counts of periods that are over', async () => {
  const counts = new QuotaCounts(() => Promise.resolve(1));
  await counts.get('a', DAILY, NOON);
  await counts.get('b', MONTHLY, NOON);
  await counts.get('c', DAILY, NOON + DAY);
  counts.tidy(NOON + DAY);
  expect(counts.size).toBe(2);
});

it('asks for the days of the period so far', async () => {
  const asked: unknown[] = [];
  const counts = new QuotaCounts((...question) => Promise.resolve(asked.push(question)));
  const first = Date.UTC(2026, 10) / DAY;
  await counts.get('a', DAILY, NOON);
  await counts.get('b', MONTHLY, NOON - 20 * DAY);
  expect(asked).toEqual([
    ['a', [first + 22]],
    ['b', [first, first + 1, first + 2]],
  ]);
});

it('asks again where it got no answer', async () => {
  let failures = 1;
  const read = () => (failures-- > 0 ? Promise.reject(new Error('The database is away')) : Promise.resolve(7));
  const counts = new QuotaCounts(read);
  await expect(counts.get('a', DAILY, NOON)).rejects.toThrow('The database is away');
  expect((await counts.get('a', DAILY, NOON)).used).toBe(7);
});

it('keeps counting for a key whose quota changes from days to months', async () => {
  const counts = new QuotaCounts((_keyId, days) => Promise.resolve(days.length));
  expect((await counts.get('a', DAILY, NOON)).used).toBe(1);
  expect((await counts.get('a', MONTHLY, NOON)).used).toBe(23);
  counts.raise('a');
  expect((await counts.get('a', MONTHLY, NOON)).used).toBe(24);
});
