// test:all leaves PostgreSQL out: the form of an answer is the same on each database.
import { parse } from 'csv-parse/sync';
import { makeBucket } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

/** On this day the clock in Berlin is set forward. */
const START = Date.parse('2024-03-30T22:30:00Z');
const HOUR = 3_600_000;

let server: TestApp;
let bucketId: string;
let sourceId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server, '../Gewächs:haus "1"');
  sourceId = await sourceNamed('Küche / Fenster');
  await sourceNamed('Other');
  const dataPoints = Array.from({ length: 6 }, (_, index) => ({
    ...{ dataSourceId: sourceId, timestamp: START + index * HOUR, values: { t: index } },
  }));
  expect((await call('POST', '/api/data/batch', { bucketId, dataPoints })).status).toBe(201);
});
afterAll(() => server.stop());

const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  server.call(method, path, { key: server.adminKey, body, headers });
const sourceNamed = async (name: string) => {
  const made = await call('POST', `/api/buckets/${bucketId}/sources`, { name, schema: { t: 'number' } });
  return made.body.dataSource._id as string;
};
const csv = (body: object, parameters = '') =>
  call('POST', `/api/data/query${parameters}`, { bucketId, ...body }, { Accept: 'text/csv' });
const timesOf = async (body: object, parameters = '') => {
  const rows: Record<string, string>[] = parse((await csv(body, parameters)).body as string, { columns: true });
  return rows.map(({ timestamp }) => timestamp);
};

describe('the times of a CSV answer', () => {
  const hourly = { filters: { dataSourceId: sourceId, startTime: START }, aggregation: 'avg', groupBy: 'hour' };

  it('have the offset of the query’s time zone, also when the clock changes', async () => {
    expect(await timesOf({ ...hourly, filters: { startTime: START }, timezone: 'Europe/Berlin' })).toEqual([
      '2024-03-30T23:00:00.000+01:00',
      '2024-03-31T00:00:00.000+01:00',
      '2024-03-31T01:00:00.000+01:00',
      '2024-03-31T03:00:00.000+02:00',
      '2024-03-31T04:00:00.000+02:00',
      '2024-03-31T05:00:00.000+02:00',
    ]);
  });

  it.each(['', '?excel=1'])('are those of raw points too, with "%s"', async (parameters) => {
    const raw = { filters: { startTime: START, limit: 1 }, downsampling: false, timezone: 'America/St_Johns' };
    expect(await timesOf(raw, parameters)).toEqual(['2024-03-30T20:00:00.000-02:30']);
  });

  it.each([undefined, 'UTC'])('are in UTC with the time zone %s', async (timezone) => {
    const raw = { filters: { startTime: START, limit: 1 }, downsampling: false, timezone };
    expect(await timesOf(raw)).toEqual(['2024-03-30T22:30:00.000Z']);
  });

  it('are the same instants as in JSON', async () => {
    const asked = { filters: { startTime: START }, downsampling: false, timezone: 'Asia/Kathmandu' };
    const json = await call('POST', '/api/data/query', { bucketId, ...asked });
    const instants = (await timesOf(asked)).map((time) => new Date(time ?? '').toISOString());
    expect(instants).toEqual(json.body.data.map(({ timestamp }: { timestamp: string }) => timestamp));
    expect(instants).toHaveLength(6);
  });
});

describe('the file name of a CSV answer', () => {
  it('is that of the data source', async () => {
    const { headers } = await csv({ filters: { dataSourceId: sourceId } });
    expect(headers.get('content-disposition')).toBe(
      `attachment; filename="K_che Fenster.csv"; filename*=UTF-8''K%C3%BCche%20Fenster.csv`,
    );
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
  });

  it('is that of the bucket for several data sources', async () => {
    const { headers } = await csv({});
    expect(headers.get('content-disposition')).toBe(
      `attachment; filename="Gew_chs haus 1.csv"; filename*=UTF-8''Gew%C3%A4chs%20haus%201.csv`,
    );
  });

  it('is not given to JSON', async () => {
    const { headers } = await call('POST', '/api/data/query', { bucketId });
    expect(headers.get('content-disposition')).toBeNull();
  });
});

describe('a long CSV answer', () => {
  it('has up to a million rows', async () => {
    const asked = {
      filters: { dataSourceId: sourceId, startTime: START, endTime: START + 6 * HOUR, limit: 1_000_000 },
    };
    const filled = { ...asked, aggregation: 'avg', groupBy: '1s', fill: 'null' };
    const { status, headers, body } = await csv(filled);
    expect([status, headers.get('x-has-more')]).toEqual([200, 'false']);
    expect((body as string).split('\n')).toHaveLength(6 * 3600 + 2);
    const over = await csv({ ...filled, filters: { ...asked.filters, limit: 1_000_001 } });
    expect([over.status, over.body.message]).toEqual([400, 'limit must be a whole number from 1 to 1000000']);
  });
});
