// test:all leaves PostgreSQL out: the form of an answer is the same on each database.
import { parse } from 'csv-parse/sync';
import { makeBucket } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

const SAID = 'excel must be 0, 1, true or false';
/** Texts that a spreadsheet would run as a formula or read as a number. */
const RUN = ['=1+1', '+1', '-5', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1+1', '＋1', '－1', '＠A1'];
const PLAIN = ['a=1', ' =1', "'=1", '5', '{"=":1}', 'ä', ''];

let server: TestApp;
let bucketId: string;
let sourceId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
  const schema = { text: 'string', n: 'number', on: 'boolean', m: 'number' };
  const made = await call(`/api/buckets/${bucketId}/sources`, { name: 'Sheet', schema });
  sourceId = made.body.dataSource._id as string;
  const dataPoints = [...RUN, ...PLAIN].map((text, index) => ({
    dataSourceId: sourceId,
    timestamp: 1e12 + index,
    values: { text, n: -5, on: true, m: -0.5 },
    metadata: { '=m': '=1' },
  }));
  expect((await call('/api/data/batch', { bucketId, dataPoints })).status).toBe(201);
});
afterAll(() => server.stop());

const call = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  server.call('POST', path, { key: server.adminKey, body, headers });
const csv = async (path: string, body: unknown): Promise<string[][]> => {
  const answer = await call(path, body, { Accept: 'text/csv' });
  expect(answer.headers.get('content-type')).toMatch(/^text\/csv/);
  return parse(answer.body as string);
};
const query = () => ({ bucketId, filters: { dataSourceId: sourceId, sort: 'asc' }, downsampling: false });

describe('POST /api/data/query as CSV', () => {
  it.each(['1', 'true'])(
    'escapes texts that a spreadsheet would run, but not numbers, with ?excel=%s',
    async (excel) => {
      const [head, ...rows] = await csv(`/api/data/query?excel=${excel}`, query());
      expect(head?.slice(3)).toEqual(['text', 'n', 'on', 'm', 'metadata']);
      expect(rows.map((row) => row[3])).toEqual([...RUN.map((text) => `'${text}`), ...PLAIN]);
      for (const row of rows) expect(row.slice(4)).toEqual(['-5', 'true', '-0.5', '{"=m":"=1"}']);
    },
  );

  it.each(['', '?excel=0', '?excel=false'])('returns exact texts with "%s"', async (parameters) => {
    const [head, ...rows] = await csv(`/api/data/query${parameters}`, query());
    expect(head?.slice(3, 6)).toEqual(['text', 'n', 'on']);
    expect(rows.map((row) => row[3])).toEqual([...RUN, ...PLAIN]);
  });

  it('escapes the texts of aggregated columns', async () => {
    const asked = { ...query(), aggregation: ['first', 'count'], groupBy: 'day' };
    const [head, row] = await csv('/api/data/query?excel=1', asked);
    expect(head?.slice(3, 5)).toEqual(['text.first', 'text.count']);
    expect(row?.slice(3, 6)).toEqual(["'=1+1", String(RUN.length + PLAIN.length), '-5']);
  });

  it('does not change JSON', async () => {
    const { body } = await call('/api/data/query?excel=1', query());
    expect(body.data[0].values.text).toBe('=1+1');
  });

  it.each(['2', 'yes', '', 'TRUE', '1&excel=1'])('rejects ?excel=%s', async (excel) => {
    const { status, body } = await call(`/api/data/query?excel=${excel}`, query(), { Accept: 'text/csv' });
    expect([status, body.message]).toEqual([400, SAID]);
  });
});

describe('POST /api/buckets/:bucketId/keys/bulk as CSV', () => {
  const keys = [...RUN.filter((text) => !/\s/.test(text)), 'Sensor'].map((name) => ({ name, type: 'write' }));

  it('escapes names that a spreadsheet would run with ?excel=1', async () => {
    const names = async (parameters: string) => {
      const [head, ...rows] = await csv(`/api/buckets/${bucketId}/keys/bulk${parameters}`, { keys });
      expect(head).toEqual(['_id', 'name', 'type', 'key']);
      return rows.map((row) => row[1]);
    };
    expect(await names('?excel=1')).toEqual(keys.map(({ name }) => (name === 'Sensor' ? name : `'${name}`)));
    expect(await names('')).toEqual(keys.map(({ name }) => name));
  });

  it('rejects an unknown value', async () => {
    const { status, body } = await call(`/api/buckets/${bucketId}/keys/bulk?excel=on`, { keys });
    expect([status, body.message]).toEqual([400, SAID]);
  });
});
