// npm test leaves this out: large tables.
import { Retention, SOURCES_PER_LOOK } from '../../src/retention/retention';
import { ExpiredRows } from '../../src/database/expired-rows';
import { RuleRemoval } from '../../src/alerting/evaluation/rule-removal';
import { makeBucket } from '../support/make';
import { asked } from '../support/statements';
import { startApp, type TestApp } from '../support/test-app';

const DAY = 86_400_000;
/** More than one statement reads. */
const SOURCES = SOURCES_PER_LOOK + 100;

let server: TestApp;
let bucketId: string;
let sourceIds: string[];
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
  sourceIds = [];
  for (let start = 0; start < SOURCES; start += 100) {
    const sources = Array.from({ length: 100 }, (_, index) => ({
      name: `Meter ${start + index}`,
      schema: { t: 'number' },
    }));
    const path = `/api/buckets/${bucketId}/sources/bulk`;
    const { body } = await server.call('POST', path, { key: server.adminKey, body: { sources } });
    sourceIds.push(...body.dataSources.map(({ _id }: { _id: string }) => _id));
  }
  await server.call('PATCH', `/api/buckets/${bucketId}`, { key: server.adminKey, body: { retentionDays: 7 } });
  await send(sourceIds, 0);
});
afterAll(() => server.stop());

async function send(ids: readonly string[], age: number): Promise<void> {
  const timestamp = Date.now() - age;
  for (let start = 0; start < ids.length; start += 50) {
    const dataPoints = ids
      .slice(start, start + 50)
      .map((dataSourceId) => ({ dataSourceId, timestamp, values: { t: 1 } }));
    const body = { bucketId, dataPoints };
    const { status } = await server.call('POST', '/api/data/batch', { key: server.adminKey, body });
    expect(status).toBe(201);
  }
}
const sweep = (later: number) => asked(server, () => server.app.get(Retention).sweep(Date.now() + later));
const countOf = async (id: string) =>
  (await server.call('GET', `/api/buckets/${bucketId}/sources/${id}`, { key: server.adminKey })).body.dataSource.stats
    .dataPointCount as number;

it(`runs a few statements and no transaction if none of ${SOURCES} data sources has expired points`, async () => {
  const { transactions, statements } = await sweep(2 * DAY);
  expect(transactions).toBe(0);
  expect(statements).toBeGreaterThanOrEqual(Math.ceil(SOURCES / SOURCES_PER_LOOK));
  expect(statements).toBeLessThanOrEqual(10);
});

it('runs a few transactions for each data source with expired points, and none for the others', async () => {
  const [one = '', other = ''] = [sourceIds[3], sourceIds.at(-2)];
  await send([one, other], 6 * DAY);
  const { transactions } = await sweep(2 * DAY);
  expect(transactions).toBeGreaterThanOrEqual(2);
  expect(transactions).toBeLessThanOrEqual(4);
  expect([await countOf(one), await countOf(other)]).toEqual([1, 1]);
  expect((await sweep(2 * DAY)).transactions).toBe(0);
});

it('runs no transaction for other background removals if there is nothing to remove', async () => {
  const rest = async () => {
    await server.app.get(ExpiredRows).remove();
    await server.app.get(RuleRemoval).sweep();
  };
  expect((await asked(server, rest)).transactions).toBe(0);
});

it('sweeps the other data sources if one fails, and logs which', async () => {
  const ids = sourceIds.slice(10, 13);
  await send(ids, 6 * DAY);
  const removal = Reflect.get(server.app.get(Retention), 'removal') as { remove: (...args: unknown[]) => unknown };
  const remove = removal.remove.bind(removal);
  const spy = jest.spyOn(removal, 'remove');
  spy.mockImplementationOnce(() => Promise.reject(new Error('broken'))).mockImplementation(remove);
  await sweep(2 * DAY);
  spy.mockRestore();
  expect(await Promise.all(ids.map(countOf))).toEqual([2, 1, 1]);
  expect(server.logs.join('\n')).toMatch(/Old points of data source number \d+ could not be removed yet: broken/);
  await sweep(2 * DAY);
  expect(await Promise.all(ids.map(countOf))).toEqual([1, 1, 1]);
});
