import { isAddressIn, MAX_RULES_READY, MAX_CACHED_RESULTS, rulesInMemory } from '../../src/common/addresses';
import { QuotaCounts, MAX_QUOTA_COUNTS } from '../../src/api-keys/usage/quota-counts';

it('limits the cache of address rules for any number of sets and addresses', () => {
  for (let index = 0; index < 12_000; index++) {
    const rules = `10.${index >> 8}.${index & 255}.0/24`;
    for (let host = 0; host < 3 * MAX_CACHED_RESULTS && index % 100 === 0; host++)
      expect(isAddressIn(`10.${index >> 8}.${index & 255}.${host}`, rules)).toBe(true);
    expect(isAddressIn('192.0.2.1', rules)).toBe(false);
  }
  const { weight, addresses } = rulesInMemory();
  expect(weight).toBeLessThanOrEqual(MAX_RULES_READY);
  expect(weight).toBeGreaterThan(MAX_RULES_READY / 2);
  expect(addresses).toBeLessThanOrEqual(MAX_RULES_READY);
});

it('limits the cache of quota counts, and reads evicted ones again', async () => {
  const read: string[] = [];
  const counts = new QuotaCounts((keyId) => {
    read.push(keyId);
    return Promise.resolve(7);
  });
  const get = (index: number) => counts.get(`key ${index}`, { limit: 10, per: 'day' }, 0);
  for (let index = 0; index <= MAX_QUOTA_COUNTS; index++) await get(index);
  expect(counts.size).toBe(MAX_QUOTA_COUNTS);
  expect(read).toHaveLength(MAX_QUOTA_COUNTS + 1);
  expect((await get(0)).used).toBe(7);
  expect(read.at(-1)).toBe('key 0');
});
