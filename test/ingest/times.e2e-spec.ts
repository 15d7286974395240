import { makeBucket, makeKey, makeSource } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

const AT_SECONDS = 1_705_313_400;
const AT = '2024-01-15T10:10:00.000Z';
const HOUR = 3_600_000;
const SECONDS = 'timestamp looks like seconds; send milliseconds or set precision=s';
const TOO_SMALL = 'timestamp is too small for this precision; set precision to the unit that is sent';
const INVALID = 'timestamp must be an RFC 3339 time with an offset, or milliseconds since 1970';

let server: TestApp;
let bucketId: string;
let sourceId: string;
let key: string;
beforeAll(async () => (server = await startApp()));
beforeEach(async () => {
  bucketId = await makeBucket(server);
  sourceId = await makeSource(server, bucketId);
  key = (await makeKey(server, bucketId, 'write')).key;
});
afterAll(() => server.stop());

const call = (method: string, path: string, body?: unknown, asKey = key) =>
  server.call(method, path, { key: asKey, body });
/** Sends one point with raw JSON values. */
const send = (timestamp: string, query = '', more = '"values":{"t":1}') =>
  call('POST', `/api/data${query}`, `{"dataSourceId":"${sourceId}","timestamp":${timestamp},${more}}`);
const query = (filters: object) => call('POST', '/api/data/query', { filters, downsampling: false });
const storedTimes = async () =>
  (await query({ limit: 1000, sort: 'asc' })).body.data.map(
    ({ timestamp }: { timestamp: string }) => timestamp,
  ) as string[];

describe('a numeric timestamp', () => {
  it.each(['1795822690', '1795822690.5', '"1795822690"', '0', '1', '99999999999'])(
    'is rejected if it looks like seconds: %s',
    async (timestamp) => {
      for (const precision of ['', '?precision=ms']) {
        const { status, body } = await send(timestamp, precision);
        expect([status, body]).toEqual([400, { error: 'Validation Error', message: SECONDS }]);
      }
      expect(await storedTimes()).toEqual([]);
    },
  );

  it.each([
    ['s', String(AT_SECONDS), AT],
    ['s', `${AT_SECONDS}.5`, '2024-01-15T10:10:00.500Z'],
    ['s', '1705313400.123', '2024-01-15T10:10:00.123Z'],
    ['s', '1705313400.1239', '2024-01-15T10:10:00.123Z'],
    ['s', `"${AT_SECONDS}"`, AT],
    ['s', '5', '1970-01-01T00:00:05.000Z'],
    ['ms', `${AT_SECONDS}000`, AT],
    ['us', `${AT_SECONDS}000000`, AT],
    ['us', `${AT_SECONDS}123999`, '2024-01-15T10:10:00.123Z'],
    ['us', `${AT_SECONDS}123999.5`, '2024-01-15T10:10:00.123Z'],
    ['ns', `${AT_SECONDS}000000000`, AT],
    ['ns', `${AT_SECONDS}123000000`, '2024-01-15T10:10:00.123Z'],
    // A double would round it to 124 milliseconds.
    ['ns', `${AT_SECONDS}123999999`, '2024-01-15T10:10:00.123Z'],
    ['ns', `"${AT_SECONDS}123999999"`, '2024-01-15T10:10:00.123Z'],
    ['ns', `"${AT}"`, AT],
  ])('is read with precision=%s: %s', async (precision, timestamp, shown) => {
    const { status, body } = await send(timestamp, `?precision=${precision}`);
    expect([status, body.dataPoint?.timestamp]).toEqual([201, shown]);
    const batch = `{"dataPoints":[{"dataSourceId":"${sourceId}","timestamp":${timestamp},"values":{"t":1}}]}`;
    const again = await call('POST', `/api/data/batch?precision=${precision}`, batch);
    expect(again.body).toMatchObject({ inserted: 0, duplicates: 1 });
    expect(await storedTimes()).toEqual([shown]);
  });

  it('is the same time as a number and as digits, at every nanosecond around a millisecond', async () => {
    const points: string[] = [];
    for (let nanos = -150; nanos <= 150; nanos += 25) {
      const digits = String(1_705_313_400_123_000_000n + BigInt(nanos));
      for (const [device, timestamp] of [digits, `"${digits}"`].entries())
        points.push(
          `{"timestamp":${timestamp},"values":{"t":1},"metadata":{"device":${device}},"dataSourceId":"${sourceId}"}`,
        );
    }
    const { body } = await call('POST', '/api/data/batch?precision=ns', `{"dataPoints":[${points.join()}]}`);
    expect(body).toMatchObject({ inserted: 4, updated: 0, duplicates: points.length - 4 });
  });

  it.each([
    ['us', `${AT_SECONDS}000`, TOO_SMALL],
    ['ns', `${AT_SECONDS}000000`, TOO_SMALL],
    ['ns', String(AT_SECONDS), TOO_SMALL],
    ['ns', '1e-9', TOO_SMALL],
    ['s', `${AT_SECONDS}000`, 'timestamp must not be more than 24 hours ahead'],
    ['ms', `${AT_SECONDS}000000`, INVALID],
    ['s', '-5', INVALID],
    ['s', '"-5"', INVALID],
    ['ns', '"1e18"', INVALID],
    ['ns', '"0x10"', INVALID],
    ['us', `"${'9'.repeat(31)}"`, INVALID],
    ['us', `"${'9'.repeat(30)}"`, 'timestamp must not be more than 24 hours ahead'],
  ])('is rejected with precision=%s if it has another unit: %s', async (precision, timestamp, message) => {
    const { status, body } = await send(timestamp, `?precision=${precision}`);
    expect([status, body.message]).toEqual([400, message]);
  });

  it.each(['n', 'S', 'sec', '', 's&precision=ms'])('is rejected with precision=%s', async (precision) => {
    const { status, body } = await send(`${AT_SECONDS}000`, `?precision=${precision}`);
    expect([status, body.message]).toEqual([400, 'precision must be one of s, ms, us, ns']);
  });

  it('is the only point rejected in a partial batch', async () => {
    const dataPoints = [AT_SECONDS, AT_SECONDS * 1000].map((timestamp) => ({
      ...{ dataSourceId: sourceId, timestamp, values: { t: 1 } },
    }));
    const { status, body } = await call('POST', '/api/data/batch?partial=true', { dataPoints });
    expect([status, body.inserted, body.errors]).toEqual([207, 1, [{ index: 0, message: SECONDS }]]);
  });
});

describe('a time range', () => {
  const now = Date.now();
  const agoHours = [50, 30, 10, 2];
  beforeEach(async () => {
    const dataPoints = agoHours.map((hours) => ({
      ...{ dataSourceId: sourceId, timestamp: now - hours * HOUR, values: { t: hours } },
    }));
    expect((await call('POST', '/api/data/batch', { dataPoints })).status).toBe(201);
  });
  const hoursOf = async (filters: object) =>
    (await query({ sort: 'asc', ...filters })).body.data.map(
      ({ values }: { values: { t: number } }) => values.t,
    ) as number[];

  it.each([
    [{ startTime: now - 30 * HOUR }, [30, 10, 2]],
    [{ startTime: String(now - 30 * HOUR), endTime: now - 2 * HOUR }, [30, 10]],
    [{ startTime: 'now-24h' }, [10, 2]],
    [{ startTime: 'now-2d', endTime: 'now-1d' }, [30]],
    [{ startTime: 'now-1w', endTime: 'now' }, agoHours],
    [{ startTime: 'now' }, []],
    [{ endTime: 'now+1h' }, agoHours],
  ])('of a query may be %j', async (filters, hours) => expect(await hoursOf(filters)).toEqual(hours));

  it.each(['now-24', 'NOW-24h', 'now-1y', 'now-24h ', '-24h', 'now-999999w', true, -1, 1e18])(
    'is not %p',
    async (startTime) => {
      const { status, body } = await query({ startTime });
      const message =
        'startTime must be an RFC 3339 time with an offset, such as 2024-01-15T10:05:00Z, milliseconds since 1970, or now-24h';
      expect([status, body.message]).toEqual([400, message]);
    },
  );

  it('of a deletion requires both ends, and may be relative', async () => {
    const remove = (range: object) => call('DELETE', '/api/data', { bucketId, ...range }, server.adminKey);
    for (const range of [{ startTime: 'now-1w' }, { endTime: 'now' }, { startTime: null, endTime: 'now' }])
      expect((await remove(range)).status).toBe(400);
    expect((await remove({ startTime: Math.floor(now / 1000) - 86_400, endTime: 'now' })).body.message).toBe(
      'startTime looks like seconds; send milliseconds',
    );
    expect(await hoursOf({})).toEqual(agoHours);
    expect((await remove({ startTime: 'now-31h', endTime: now - 9 * HOUR })).body).toMatchObject({ deletedCount: 2 });
    expect(await hoursOf({})).toEqual([50, 2]);
  });

  it('of a preview and of the audit log may be relative and epoch milliseconds', async () => {
    const wish = { dataSourceId: sourceId, condition: 't > 5', startTime: 'now-24h', endTime: now };
    expect((await call('POST', '/api/alerts/preview', wish)).body).toMatchObject({ dataPoints: 2 });
    const events = (times: string) =>
      call('GET', `/api/audit?bucketId=${bucketId}&${times}`, undefined, server.adminKey);
    expect((await events('startTime=now-1h&endTime=now%2B1h')).body.auditEvents).not.toEqual([]);
    expect((await events(`endTime=${now - HOUR}`)).body.auditEvents).toEqual([]);
    expect((await events('startTime=1795822690')).body.message).toBe('startTime looks like seconds; send milliseconds');
  });
});

describe('an integer beyond 2^53', () => {
  const said = (field: string) => `${field} is an integer beyond 2^53 that would be rounded; send it as a string`;

  it.each(['9007199254740993', '-9007199254740993', '18446744073709551615', '1705313400123456789'])(
    'is rejected if it would be rounded: %s',
    async (digits) => {
      for (const more of [`"values":{"t":${digits}}`, `"values":{"t":1},"metadata":{"t":${digits}}`]) {
        const { status, body } = await send(`"${AT}"`, '', more);
        expect([status, body.message]).toEqual([400, said('t')]);
        expect(body.details).toEqual([
          { path: ['body', more.includes('metadata') ? 'metadata' : 'values', 't'], message: said('t') },
        ]);
      }
      expect(await storedTimes()).toEqual([]);
    },
  );

  it.each([
    '9007199254740992',
    '9007199254740994',
    '-9007199254740992',
    '1e22',
    '1e23',
    '10000000000000000000000',
    '0.1',
  ])('or another number is stored unchanged: %s', async (text) => {
    const { status, body } = await send(`"${AT}"`, '', `"values":{"t":${text}},"metadata":{"t":${text}}`);
    expect([status, body.dataPoint?.values, body.dataPoint?.metadata]).toEqual([
      201,
      { t: Number(text) },
      { t: Number(text) },
    ]);
    expect((await query({ metadata: { t: Number(text) } })).body.data).toMatchObject([{ values: { t: Number(text) } }]);
  });

  it('is reported with its index in a batch, also in a large one', async () => {
    for (const count of [3, 1000]) {
      const point = (index: number, value: string) =>
        `{"dataSourceId":"${sourceId}","timestamp":${1e12 + index},"values":{"t":${value}},"metadata":{"note":"${'x'.repeat(300)}"}}`;
      const points = Array.from({ length: count }, (_, index) => point(index, index === 1 ? '9007199254740993' : '1'));
      const body = `{"dataPoints":[${points.join()}]}`;
      const all = await call('POST', '/api/data/batch', body);
      expect([all.status, all.body.details]).toEqual([
        400,
        [{ path: ['body', 'dataPoints', 1, 'values', 't'], message: said('t') }],
      ]);
      const partial = await call('POST', '/api/data/batch?partial=true', body);
      expect([partial.status, partial.body.rejected]).toEqual([207, 1]);
    }
  });

  it('is rejected as an invalid type by all other fields', async () => {
    const big = '9007199254740993';
    for (const [path, body] of [
      ['/api/data/query', `{"filters":{"limit":${big}}}`],
      ['/api/data/query', `{"filters":{"metadata":{"device":${big}}}}`],
      ['/api/data/query', `{"filters":{"startTime":${big}}}`],
      [`/api/buckets/${bucketId}/sources`, `{"name":${big},"schema":{"t":"number"}}`],
      ['/api/data', `{"values":{"t":{"deep":[${big}]}},"dataSourceId":"${sourceId}"}`],
      ['/api/data', `{"values":{"t":1},"dataSourceId":${big}}`],
    ] as const)
      expect([path, (await call('POST', path, body)).status]).toEqual([path, 400]);
  });
});
