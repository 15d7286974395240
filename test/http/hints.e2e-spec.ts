import { performance } from 'node:perf_hooks';
import { makeBucket, makeKey, makeSource } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let bucketId: string;
let dataSourceId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
  dataSourceId = await makeSource(server, bucketId);
});
afterAll(() => server.stop());

const post = (path: string, body: object, key = server.adminKey) => server.call('POST', path, { key, body });
const keysPath = () => `/api/buckets/${bucketId}/keys`;

describe('an unknown name', () => {
  it('gets the path of the same name at another level as a hint, with the same message', async () => {
    const { status, body } = await post('/api/data/query', { bucketId, startTime: 'now-1h' });
    expect([status, body]).toEqual([
      400,
      {
        error: 'Validation Error',
        message: 'Unknown property: startTime',
        details: [
          {
            path: ['body', 'startTime'],
            message: 'Unknown property: startTime',
            hint: 'did you mean filters.startTime?',
          },
        ],
      },
    ]);
  });

  it.each<[hint: string, path: () => string, body: object]>([
    ['filters.endTime', () => '/api/data/query', { filters: { endtime: 'now' } }],
    ['filters.dataSourceId', () => '/api/data/query', { data_source_id: '0' }],
    ['groupBy', () => '/api/data/query', { groupby: 'hour' }],
    ['aggregation', () => '/api/data/query', { agregation: 'avg' }],
    ['expiresAt', keysPath, { name: 'Lamp', type: 'read', expires_at: null }],
    ['rateLimit.windowSeconds', keysPath, { name: 'Lamp', type: 'read', rateLimit: { limit: 1, windowSeconds: 1, windowSecond: 1 } }], // prettier-ignore
    ['keys[1].allowedIps', () => `${keysPath()}/bulk`, { keys: [{ name: 'a', type: 'read' }, { name: 'b', type: 'read', allowedIp: [] }] }], // prettier-ignore
    ['keys[].name', () => `${keysPath()}/bulk`, { keys: [{ name: 'a', type: 'read' }], name: 'a' }],
    ['partial in the query string', () => '/api/data/batch', { dataPoints: [{}], partial: true }],
  ])('gets the nearest known name: %s', async (hint, path, sent) => {
    const { body } = await post(path(), sent);
    expect(body.details?.at(-1)?.hint).toBe(`did you mean ${hint}?`);
  });

  it('gets the nearest query parameter', async () => {
    const { body } = await server.call('GET', `${keysPath()}?limt=5`, { key: server.adminKey });
    expect(body.details).toEqual([
      { path: ['query', 'limt'], message: 'Unknown query parameter: limt', hint: 'did you mean limit?' },
    ]);
  });

  it('gets no hint when no known name is similar', async () => {
    const { body } = await post('/api/buckets', { name: 'Lab', colour: 'red' });
    expect(body).toEqual({ error: 'Validation Error', message: 'Unknown property: colour' });
  });
});

describe('a point', () => {
  const point = (more: object) => ({ bucketId, dataSourceId, values: { t: 1 }, ...more });

  it('gets the nearest property', async () => {
    const { body } = await post('/api/data', point({ timestmap: 1 }));
    expect(body.details).toEqual([expect.objectContaining({ hint: 'did you mean timestamp?' })]);
  });

  it('gets the nearest field of its schema, but not for a key that must not read it', async () => {
    const schema = { temperature: 'number', humidity: 'number' };
    const sources = `/api/buckets/${bucketId}/sources`;
    const { body } = await post(sources, { name: 'Greenhouse', schema });
    const sent = point({ dataSourceId: body.dataSource._id, values: { temprature: 1 } });
    const path = ['body', 'values', 'temprature'];
    const problem = { path, message: 'The data source has no field temprature' };
    expect((await post('/api/data', sent)).body.details).toEqual([{ ...problem, hint: 'did you mean temperature?' }]);
    const { key } = await makeKey(server, bucketId, 'write', { writeOnly: true });
    expect((await post('/api/data', sent, key)).body.details).toEqual([problem]);
  });
});

describe('a value outside its enum', () => {
  it.each<[hint: string, body: object]>([
    ['asc', { filters: { sort: 'acs' } }],
    ['median', { aggregation: 'medain' }],
    ['stddev', { aggregation: ['avg', 'stdev'] }],
    ['minute', { groupBy: 'minutes' }],
    ['Europe/Berlin', { timezone: 'Europe/Berln' }],
    ['previous', { fill: 'previuos' }],
  ])('gets the nearest allowed value: %s', async (hint, sent) => {
    const { body } = await post('/api/data/query', { bucketId, ...sent });
    expect(body.details[0]).toEqual({ path: expect.any(Array), message: body.message, hint: `did you mean ${hint}?` });
  });
});

it('limits the work for a hostile body, and does not echo it', async () => {
  const name = (index: number) => `${'filters.startTime'.repeat(3)}\u0007\n${index}`;
  const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [name(index), 1]));
  const long = { ['startTime'.repeat(20_000)]: 1 };
  const plain = await post('/api/data/query', { bucketId, colour: 1 });
  expect(plain.status).toBe(400);
  for (const sent of [many, long]) {
    const began = performance.now();
    const { status, body } = await post('/api/data/query', { bucketId, ...sent });
    expect(status).toBe(400);
    expect(performance.now() - began).toBeLessThan(2000);
    const hints = (body.details as { hint?: string }[] | undefined)?.flatMap(({ hint = '' }) => hint) ?? [];
    expect(hints.filter((hint) => /\p{Cc}/u.test(hint))).toEqual([]);
  }
});
