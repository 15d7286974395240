// npm test leaves this out: large tables that are sealed again.
import { DataSource } from 'typeorm';
import { newId } from '../../src/common/ids';
import { Source } from '../../src/sources/source.entity';
import { newSchema } from '../../src/sources/schema';
import { Writer } from '../../src/database/writer';
import { makeBucket } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

const SOURCES = 230;

let server: TestApp;
let bucketId: string;
let ids: string[];
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
  const fields = Array.from({ length: 60 }, (_, index) => [`field_${index}`, { type: 'number' as const }] as const);
  const sources = Array.from({ length: SOURCES }, (_, index) => ({
    ...{ id: newId(), number: index + 1, bucketId, name: `Source ${index}`, type: 'sensor', description: '' },
    // Each pair is created in the same millisecond.
    ...{ downsampling: true, status: 'active' as const, watchVersion: 0, createdAt: 1_700_000_000_000 + (index >> 1) },
    ...{ updatedAt: 1_700_000_000_000, deletedAt: null, schema: newSchema(Object.fromEntries(fields)) },
  }));
  server.app.get(Writer).liftDeadlines();
  await server.app.get(Writer).write(async (manager) => {
    for (let start = 0; start < SOURCES; start += 10) await manager.insert(Source, sources.slice(start, start + 10));
  });
  const rows = await server.app.get(DataSource).manager.find(Source, { order: { createdAt: 'ASC', id: 'ASC' } });
  ids = rows.map(({ id }) => id);
});
afterAll(() => server.stop());

const list = (query: string) =>
  server.call('GET', `/api/buckets/${bucketId}/sources?${query}`, { key: server.adminKey });
const idsOf = (rows: readonly { _id: string }[]) => rows.map(({ _id }) => _id);

it.each([
  [1, 0],
  [100, 0],
  [101, 3],
  [220, 5],
  [1000, 0],
  [1000, 229],
  [1000, 230],
])('returns a page of %d from offset %d in order, the same as a single read', async (limit, offset) => {
  const { status, body } = await list(`limit=${limit}&offset=${offset}`);
  expect([status, idsOf(body.dataSources)]).toEqual([200, ids.slice(offset, offset + limit)]);
  expect(body.pagination).toEqual({ limit, offset, total: SOURCES, hasMore: offset + limit < SOURCES });
  expect(body.dataSources.every((source: { schema: object }) => Object.keys(source.schema).length === 60)).toBe(true);
});

it.each([0, 1, 2, 99, 228, 229])(
  'continues after row %d when two rows were created at the same time',
  async (index) => {
    const { status, body } = await list(`limit=1000&after=${ids[index] ?? ''}`);
    expect([status, idsOf(body.dataSources)]).toEqual([200, ids.slice(index + 1)]);
    expect(body.pagination).toEqual({ limit: 1000, offset: 0, total: SOURCES, hasMore: false });
  },
);

it('streams a long list in chunks, and sends a short one whole, with the usual headers', async () => {
  const [long, short] = [await list('limit=1000'), await list('limit=5')];
  expect([long.headers.get('transfer-encoding'), long.headers.get('content-length')]).toEqual(['chunked', null]);
  expect(short.headers.get('content-length')).toMatch(/^\d+$/);
  for (const { headers } of [long, short])
    expect(['content-type', 'cache-control', 'x-content-type-options'].map((name) => headers.get(name))).toEqual([
      ...['application/json; charset=utf-8', 'no-store', 'nosniff'],
    ]);
  for (const { headers } of [long, short]) expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

it('omits rows that are deleted during the read', async () => {
  const { manager } = server.app.get(DataSource);
  const find = manager.find.bind(manager);
  const spy = jest.spyOn(manager, 'find').mockImplementation(async (target, options) => {
    const rows = await find(target, options);
    if (spy.mock.calls.length === 1)
      await server.app.get(Writer).write((own) => own.update(Source, { id: ids[229] }, { deletedAt: 1 }));
    return rows;
  });
  const { body } = await list('limit=1000');
  spy.mockRestore();
  await server.app.get(Writer).write((own) => own.update(Source, { id: ids[229] }, { deletedAt: null }));
  expect(idsOf(body.dataSources)).toEqual(ids.slice(0, 229));
});
