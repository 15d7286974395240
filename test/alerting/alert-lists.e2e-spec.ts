import { ALL_RULES, AlertLists } from '../support/alert-lists';
import { makeKey } from '../support/make';
import { ABSENT_ID, BUCKET_NOT_FOUND, refused, seen } from '../support/refusals';
import type { TestApp } from '../support/test-app';

const BUCKET_NOT_YOURS = refused(403, 'Forbidden', 'API key does not have access to this bucket');
const SOURCE_NOT_YOURS = refused(403, 'Forbidden', 'API key does not have access to this data source');

let server: TestApp;
let key: string;
let hall: string;
let yard: string;
const { call, ruleOf } = AlertLists.use((lists) => ({ server, key, hall, yard } = lists));

async function names(path: string, as = key): Promise<string[]> {
  const { status, body } = await call('GET', path, undefined, as);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return (body.alertRules as { name: string }[]).map(({ name }) => name);
}

describe('GET /api/alerts', () => {
  it('lists the rules of all buckets, oldest first, as their own routes show them', async () => {
    const { body } = await call('GET', '/api/alerts');
    expect((body.alertRules as { name: string }[]).map(({ name }) => name)).toEqual(ALL_RULES);
    expect(body.pagination).toEqual({ limit: 100, offset: 0, total: 4, hasMore: false });
    const one = await call('GET', `/api/alerts/${ruleOf('zu heiß').id}`);
    expect(body.alertRules[2]).toEqual(one.body.alertRule);
  });

  it.each([
    ['sort=desc', ALL_RULES.toReversed()],
    ['sort=name', ['Ärger 100%', 'Too hot 2', 'Too hot 10', 'zu heiß']],
    ['sort=-name', ['zu heiß', 'Too hot 10', 'Too hot 2', 'Ärger 100%']],
    ['sort=-lastTriggeredAt&limit=2', ['Too hot 10', 'Too hot 2']],
    ['sort=lastTriggeredAt', ['zu heiß', 'Ärger 100%', 'Too hot 2', 'Too hot 10']],
    ['state=triggered', ['Too hot 10', 'Too hot 2']],
    ['state=triggered&sort=desc&limit=1', ['Too hot 2']],
    ['state=ok&status=active', ['Ärger 100%']],
    ['status=paused', ['zu heiß']],
    ['state=cooldown', []],
    ['q=TOO', ['Too hot 10', 'Too hot 2']],
    [`q=${encodeURIComponent('HEIß')}`, ['zu heiß']],
    ['q=%25', ['Ärger 100%']],
    ['q=_', []],
    ['limit=2&offset=1', ['Too hot 2', 'zu heiß']],
  ])('%s', async (query, expected) => {
    expect(await names(`/api/alerts?${query}`)).toEqual(expected);
  });

  it('lists those of one bucket or data source', async () => {
    for (const query of ['', '&q=T', '&state=triggered', '&status=paused', '&sort=-name&limit=1']) {
      const found = await names(`/api/alerts?bucketId=${yard}${query}`);
      expect(found).toEqual(await names(`/api/buckets/${yard}/alerts?${query}`));
    }
    expect(await names(`/api/buckets/${yard}/alerts?sort=-name`)).toEqual(['zu heiß', 'Too hot 2']);
    const { sourceId } = ruleOf('zu heiß');
    for (const query of ['', '&q=zu', '&sort=name'])
      expect(await names(`/api/alerts?dataSourceId=${sourceId}${query}`)).toEqual(['zu heiß']);
    expect(await names(`/api/alerts?dataSourceId=${sourceId}&bucketId=${hall}`)).toEqual([]);
    expect(seen(await call('GET', `/api/alerts?bucketId=${ABSENT_ID}`))).toEqual(BUCKET_NOT_FOUND);
  });

  it('lists only what a key can access', async () => {
    const own = { ...server, adminKey: key };
    const { key: read } = await makeKey(own, yard, 'read');
    expect(await names('/api/alerts', read)).toEqual(['Too hot 2', 'zu heiß']);
    expect(await names('/api/alerts?q=10', read)).toEqual([]);
    expect(seen(await call('GET', `/api/alerts?bucketId=${hall}`, undefined, read))).toEqual(BUCKET_NOT_YOURS);
    const { sourceId } = ruleOf('zu heiß');
    const { key: bound } = await makeKey(own, yard, 'read', { dataSourceId: sourceId });
    for (const query of ['', '?sort=name', '?status=paused'])
      expect(await names(`/api/alerts${query}`, bound)).toEqual(['zu heiß']);
    const other = ruleOf('Too hot 2').sourceId;
    expect(seen(await call('GET', `/api/alerts?dataSourceId=${other}`, undefined, bound))).toEqual(SOURCE_NOT_YOURS);
    const [shown] = (await call('GET', '/api/alerts', undefined, read)).body.alertRules as { webhookUrl: string }[];
    expect(shown?.webhookUrl).toBe('http://127.0.0.1:9…');
  });

  it.each(['', 'sort=desc', 'sort=name', 'q=o', 'sort=-lastTriggeredAt'])(
    'continues after a row with "%s"',
    async (query) => {
      const all = await names(`/api/alerts?${query}`);
      for (const [index, name] of all.entries()) {
        const { body } = await call('GET', `/api/alerts?${query}&limit=1&after=${ruleOf(name).id}`);
        expect(body.alertRules).toMatchObject(all.slice(index + 1, index + 2).map((next) => ({ name: next })));
        expect(body.pagination).toMatchObject({ total: all.length, hasMore: index + 2 < all.length });
      }
    },
  );

  it.each([
    ['state=hot', "state must be 'ok', 'pending', 'triggered', 'cooldown' or 'resolved'"],
    ['status=off', "status must be 'active' or 'paused'"],
    ['sort=up', "sort must be 'asc', 'desc', 'name', '-name', 'lastTriggeredAt' or '-lastTriggeredAt'"],
    ['dataSourceId=1', 'Invalid data source ID format'],
    ['type=x', 'Unknown query parameter: type'],
  ])('refuses %s', async (query, message) => {
    expect(await call('GET', `/api/alerts?${query}`)).toMatchObject({ status: 400, body: { message } });
  });
});
