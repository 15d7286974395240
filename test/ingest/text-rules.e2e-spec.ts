// test:all leaves PostgreSQL out: what is read and refused is the same on each database.
import { newKeyText } from '../../src/api-keys/key-text';
import { makeBucket, makeKey, makeSource } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

const KEY = newKeyText('read');
const MISTYPED = KEY.slice(0, -1) + (KEY.endsWith('0') ? '1' : '0');
const SHOWN = `${KEY.slice(0, 13)}...`;
const DIRECTION = 'must not contain characters that change the direction of text';

let server: TestApp;
let ids: Record<'bucket' | 'source' | 'key' | 'adminKey' | 'alert', string>;

const send = (method: string, path: string, body: unknown) =>
  server.call(method, path, { key: server.adminKey, body, headers: { Accept: 'application/json' } });

beforeAll(async () => {
  server = await startApp();
  const bucket = await makeBucket(server);
  const source = await makeSource(server, bucket);
  const { _id: key } = await makeKey(server, bucket, 'read');
  const admin = await send('POST', '/api/keys', { name: 'Second', type: 'admin' });
  const alert = await send('POST', '/api/alerts', {
    ...{ bucketId: bucket, dataSourceId: source, name: 'Hot', condition: 't > 3' },
    webhookUrl: 'https://example.com/hook',
  });
  ids = { bucket, source, key, adminKey: admin.body.apiKey._id, alert: alert.body.alertRule._id };
});
afterAll(() => server.stop());

const at = (path: string) => path.replace(/:(\w+)/g, (_all, name: keyof typeof ids) => ids[name]);

type Bodies = (text: string) => object;
type Place = readonly [method: string, path: string, label: string, body: Bodies];

const schema = { t: 'number' };
const alertBody = (own: object) => ({
  ...{ bucketId: ids.bucket, dataSourceId: ids.source, name: 'Hot', condition: 't > 3' },
  ...{ webhookUrl: 'https://example.com/hook', ...own },
});

/** Every name field. */
const NAMES: readonly Place[] = [
  ['POST', '/api/buckets', 'Bucket name', (name) => ({ name })],
  ['PATCH', '/api/buckets/:bucket', 'Bucket name', (name) => ({ name })],
  ['POST', '/api/buckets/:bucket/keys', 'Key name', (name) => ({ name, type: 'read' })],
  ['POST', '/api/buckets/:bucket/keys/bulk', 'Key name', (name) => ({ keys: [{ name, type: 'read' }] })],
  ['PATCH', '/api/buckets/:bucket/keys/:key', 'Key name', (name) => ({ name })],
  ['POST', '/api/keys', 'Key name', (name) => ({ name, type: 'admin' })],
  ['PATCH', '/api/keys/:adminKey', 'Key name', (name) => ({ name })],
  ['POST', '/api/buckets/:bucket/sources', 'Data source name', (name) => ({ name, schema })],
  ['POST', '/api/buckets/:bucket/sources', 'Data source type', (type) => ({ name: 'x', type, schema })],
  ['POST', '/api/buckets/:bucket/sources/bulk', 'Data source name', (name) => ({ sources: [{ name, schema }] })],
  ['PATCH', '/api/buckets/:bucket/sources/:source', 'Data source name', (name) => ({ name })],
  ['POST', '/api/alerts', 'Alert rule name', (name) => alertBody({ name })],
  ['PATCH', '/api/alerts/:alert', 'Alert rule name', (name) => ({ name })],
];

/** Every other stored text. */
const TEXTS: readonly Place[] = [
  ['POST', '/api/buckets', 'Bucket description', (description) => ({ name: 'x', description })],
  ['PATCH', '/api/buckets/:bucket', 'Bucket description', (description) => ({ description })],
  [
    'POST',
    '/api/buckets/:bucket/sources',
    'Data source description',
    (description) => ({ name: 'x', description, schema }),
  ],
  ['PATCH', '/api/buckets/:bucket/sources/:source', 'Data source description', (description) => ({ description })],
  ['POST', '/api/alerts', 'Condition', (text) => alertBody({ condition: `t > 3 ${text}` })],
  ['PATCH', '/api/alerts/:alert', 'Condition', (text) => ({ condition: `t > 3 ${text}` })],
];

const METADATA: readonly Place[] = [
  ['POST', '/api/buckets/:bucket/keys', 'metadata', (note) => ({ name: 'x', type: 'read', metadata: { note } })],
  ['PATCH', '/api/buckets/:bucket/keys/:key', 'metadata', (note) => ({ metadata: { note } })],
  ['PATCH', '/api/buckets/:bucket/keys/:key', 'metadata', (name) => ({ metadata: { [name]: '1' } })],
];

const FIELD_KEY = 'Field names and descriptions';
const FIELD_DIRECTION = 'Field units and descriptions';
const fieldOf = (own: object) => ({ name: 'x', schema: { t: { type: 'number', ...own } } });
const FIELDS: readonly Place[] = [
  ['POST', '/api/buckets/:bucket/sources', FIELD_KEY, (description) => fieldOf({ description })],
  [
    'PATCH',
    '/api/buckets/:bucket/sources/:source',
    FIELD_KEY,
    (text) => ({ schema: fieldOf({ description: text }).schema }),
  ],
  ['POST', '/api/buckets/:bucket/sources', FIELD_KEY, (name) => ({ name: 'x', schema: { [name]: 'number' } })],
];

const URLS: readonly Place[] = [
  ['POST', '/api/alerts', 'Webhook URL', (text) => alertBody({ webhookUrl: `https://example.com/${text}` })],
  ['PATCH', '/api/alerts/:alert', 'Webhook URL', (text) => ({ webhookUrl: `https://example.com/?key=${text}` })],
];

describe.each([...NAMES, ...TEXTS, ...METADATA, ...FIELDS, ...URLS])('%s %s: a %s', (method, path, label, bodyOf) => {
  it('that contains a key is rejected, and the response does not contain the key', async () => {
    const { status, body } = await send(method, at(path), bodyOf(KEY));
    expect([status, body.error, body.message]).toEqual([
      400,
      'Validation Error',
      `${label} must not contain an API key`,
    ]);
    expect(JSON.stringify(body)).not.toContain(KEY);
  });
});

describe.each([...NAMES, ...TEXTS])('%s %s: a %s', (method, path, label, bodyOf) => {
  it.each(['\u202e', '\u2066', '\u202a'])('that contains %j is rejected', async (character) => {
    const { status, body } = await send(method, at(path), bodyOf(`invoice${character}gpj.exe`));
    expect([status, body.message]).toEqual([400, `${label} ${DIRECTION}`]);
  });
});

it.each(NAMES)('%s %s: a %s without visible characters is rejected', async (method, path, label, bodyOf) => {
  for (const name of ['\u200b', '\u3164', '\u2800', ' \u2800\u200d']) {
    const { status, body } = await send(method, at(path), bodyOf(name));
    expect([status, body.message]).toEqual([400, `${label} is required`]);
  }
});

it('names and other texts that only resemble a key are accepted unchanged', async () => {
  const texts = [
    MISTYPED,
    SHOWN,
    'dakkio_w_abc123def456ghi789jkl012mno345pqr678',
    '👩‍🌾 نص עברית\u200f',
    'soft\u00adhyphen',
  ];
  for (const text of texts) {
    const made = await send('POST', '/api/buckets', { name: text, description: text });
    expect([made.status, made.body.bucket.name, made.body.bucket.description]).toEqual([201, text, text]);
    const { status } = await send('PATCH', at('/api/buckets/:bucket/keys/:key'), { metadata: { note: text } });
    expect(status).toBe(200);
  }
});

it('a field is rejected if its unit or description changes the text direction, or its unit is invisible', async () => {
  const path = at('/api/buckets/:bucket/sources');
  for (const own of [{ unit: 'C\u202e' }, { description: '\u2067' }]) {
    const { status, body } = await send('POST', path, fieldOf(own));
    expect([status, body.message]).toEqual([400, `${FIELD_DIRECTION} ${DIRECTION}`]);
  }
  const { status, body } = await send('POST', path, fieldOf({ unit: '\u3164' }));
  expect([status, body.message]).toEqual([400, 'Field unit must be a string of 1 to 20 characters']);
});

it('metadata names are rejected if they are invisible or change the text direction; values are stored unchanged', async () => {
  const patch = (metadata: object) => send('PATCH', at('/api/buckets/:bucket/keys/:key'), { metadata });
  expect((await patch({ '\u200b': 'x' })).body.message).toBe(
    'metadata names must have 1 to 64 characters, and no control characters',
  );
  expect((await patch({ 'a\u202e': 'x' })).body.message).toBe(`metadata names ${DIRECTION}`);
  const kept = { note: '\u2068isolated\u2069', blank: '\u200b' };
  expect((await patch(kept)).body.apiKey.metadata).toEqual(kept);
});

it('a webhook header may contain a key, because headers are never shown', async () => {
  const headers = { Authorization: `Bearer ${newKeyText('write')}` };
  const { status, body } = await send('PATCH', at('/api/alerts/:alert'), { headers });
  expect([status, body.alertRule.headers]).toEqual([200, { Authorization: '…' }]);
});

describe('a CSV of keys', () => {
  it('with a key as a name is rejected, with the row number', async () => {
    const { status, body } = await server.call('POST', at('/api/buckets/:bucket/keys/bulk'), {
      key: server.adminKey,
      headers: { 'Content-Type': 'text/csv' },
      body: `name,type\nfirst,read\n${KEY},read\n`,
    });
    expect([status, body.message]).toEqual([400, 'Key name must not contain an API key']);
    expect(body.details[0].path).toEqual(['body', 'keys', 1, 'name']);
  });
});

describe('points', () => {
  let textSource: string;
  beforeAll(async () => {
    const made = await send('POST', at('/api/buckets/:bucket/sources'), { name: 'Log', schema: { line: 'string' } });
    textSource = made.body.dataSource._id as string;
  });
  const point = (line: string, metadata?: object) => ({ dataSourceId: textSource, values: { line }, metadata });

  it.each([
    ['a value', () => point(`401 for ${KEY}`), 'line'],
    ['a value of metadata', () => point('x', { key: KEY }), 'metadata'],
    ['a name in metadata', () => point('x', { [KEY]: true }), 'metadata'],
  ])('with a key as %s are rejected, and nothing is stored', async (_where, make, field) => {
    const one = await send('POST', '/api/data', { bucketId: ids.bucket, ...make() });
    expect([one.status, one.body.message]).toEqual([400, `${field} must not contain an API key`]);
    const dataPoints = [point('fine'), make()];
    const batch = await send('POST', '/api/data/batch', { bucketId: ids.bucket, dataPoints });
    expect([batch.status, batch.body.message]).toEqual([400, `${field} must not contain an API key`]);
    const rows = await send('POST', '/api/data/query', { bucketId: ids.bucket, filters: { dataSourceId: textSource } });
    expect(rows.body.data).toEqual([]);
  });

  it('with text that only resembles a key are stored', async () => {
    const { status } = await send('POST', '/api/data', { bucketId: ids.bucket, ...point(MISTYPED, { m: MISTYPED }) });
    expect(status).toBe(201);
  });
});
