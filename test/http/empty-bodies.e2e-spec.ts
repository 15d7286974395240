import { makeBucket, makeKey, makeSource } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let ids: Readonly<Record<'bucket' | 'source' | 'key' | 'alert', string>>;
let bucketKey: string;
beforeAll(async () => {
  server = await startApp();
  const bucket = await makeBucket(server);
  const source = await makeSource(server, bucket);
  const key = (await makeKey(server, bucket, 'read'))._id;
  bucketKey = (await makeKey(server, bucket, 'write')).key;
  const rule = {
    bucketId: bucket,
    dataSourceId: source,
    name: 'Hot',
    condition: 't > 30',
    webhookUrl: 'https://example.com/',
  };
  const made = await server.call('POST', '/api/alerts', { key: server.adminKey, body: rule });
  await server.call('POST', '/api/data', { key: bucketKey, body: { dataSourceId: source, values: { t: 1 } } });
  ids = { bucket, source, key, alert: made.body.alertRule._id as string };
});
afterAll(() => server.stop());

const EMPTY: [string, () => RequestInit][] = [
  ['no body', () => ({})],
  ['no bytes', () => ({ headers: { 'Content-Type': 'application/json' }, body: '' })],
  ['no chunks', () => ({ headers: { 'Content-Type': 'application/json' }, body: new Blob([]).stream() })],
];

async function send(method: string, path: string, key: string, sent: RequestInit) {
  const headers = { 'X-API-Key': key, ...(sent.headers as Record<string, string>) };
  const answer = await fetch(server.url + path, { method, ...sent, headers, duplex: 'half' });
  return { status: answer.status, body: (await answer.json()) as any };
}

describe.each(EMPTY)('a request with %s', (_what, sent) => {
  it('equals {} for a query', async () => {
    const { status, body } = await send('POST', '/api/data/query', bucketKey, sent());
    expect([status, body.data]).toEqual([200, [expect.objectContaining({ values: { t: 1 } })]]);
  });

  it.each([
    ['PATCH', () => `/api/buckets/${ids.bucket}`],
    ['PUT', () => `/api/buckets/${ids.bucket}`],
    ['PATCH', () => `/api/buckets/${ids.bucket}/sources/${ids.source}`],
    ['PATCH', () => `/api/buckets/${ids.bucket}/keys/${ids.key}`],
    ['PATCH', () => `/api/alerts/${ids.alert}`],
  ])('changes nothing, like {}: %s', async (method, path) => {
    const unlike = ({ body, ...rest }: { status: number; body: any }) => ({
      ...rest,
      body: JSON.parse(JSON.stringify(body, (name, value: unknown) => (name === 'updatedAt' ? undefined : value))),
    });
    const braces = await send(method, path(), server.adminKey, {
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    });
    expect(braces.status).toBe(200);
    expect(unlike(await send(method, path(), server.adminKey, sent()))).toEqual(unlike(braces));
  });

  it.each([
    ['POST', '/api/buckets'],
    ['POST', '/api/data'],
    ['POST', '/api/data/batch'],
    ['POST', '/api/alerts'],
    ['POST', '/api/alerts/preview'],
    ['POST', '/api/alerts/parse'],
    ['POST', '/api/keys'],
    ['DELETE', '/api/data'],
  ])('is refused when a field is required: %s %s', async (method, path) => {
    const { status } = await send(method, path, server.adminKey, sent());
    expect(status).toBe(sent().headers ? 400 : 415);
  });
});

it('refuses bytes that are not JSON even when nothing is required', async () => {
  const headers = { 'Content-Type': 'application/json' };
  for (const body of [' ', '\uFEFF', 'null'])
    expect((await send('POST', '/api/data/query', bucketKey, { headers, body })).status).toBe(400);
});
