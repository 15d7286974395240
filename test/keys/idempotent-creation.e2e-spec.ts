import { makeBucket, makeSource } from '../support/make';
import { ABSENT_ID, refused, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
beforeAll(async () => (server = await startApp({ DAKKIO_WEBHOOK_ALLOW: '127.0.0.1:9' })));
afterAll(() => server.stop());

const admin = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  server.call(method, path, { key: server.adminKey, body, headers });

async function ruleIn(bucketId: string): Promise<object> {
  const dataSourceId = await makeSource(server, bucketId);
  return { bucketId, dataSourceId, name: 'Too hot', condition: 't > 30', webhookUrl: 'http://127.0.0.1:9/' };
}

it.each([
  ['bucket', 'bucketId', '/api/buckets', () => Promise.resolve({ name: 'Greenhouse' })],
  ['alertRule', 'alertRuleId', '/api/alerts', async () => ruleIn(await makeBucket(server))],
])(
  'creates one %s for a request that is sent twice, and returns its id to the retry',
  async (made, idName, path, bodyOf) => {
    const body: object = await bodyOf();
    const headers = { 'Idempotency-Key': `create-${made}` };
    const answers = await Promise.all([1, 2, 3].map(() => admin('POST', path, body, headers)));
    const created = answers.filter(({ status }) => status === 201);
    expect(created).toHaveLength(1);
    const id = created[0]?.body[made]._id as string;
    for (const answer of answers.filter(({ status }) => status !== 201))
      expect(seen(answer)).toEqual({
        status: 409,
        body: { error: 'Conflict', message: 'This request was already processed', [idName]: id },
      });
    expect(seen(await admin('POST', path, { ...body, name: 'Another' }, headers))).toEqual(
      refused(422, 'Unprocessable Entity', 'Idempotency-Key was used before with another request'),
    );
    expect((await admin('POST', path, body)).status).toBe(201);
  },
);

describe('a retry after its expiresAt has passed', () => {
  const PROCESSED = 'This request was already processed';
  const SENTENCE = 'Expiry must be in the future';
  const PAST = refused(400, 'Validation Error', SENTENCE);
  const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
  const now = Date.now.bind(Date);
  afterEach(() => jest.restoreAllMocks());
  const hoursLater = (hours: number) => jest.spyOn(Date, 'now').mockImplementation(() => now() + hours * 3_600_000);

  it.each([
    ['/api/buckets/:bucket/keys', (own: object) => ({ name: 'x', type: 'read', ...own })],
    ['/api/buckets/:bucket/keys/bulk', (own: object) => ({ keys: [{ name: 'x', type: 'write', ...own }] })],
    ['/api/keys', (own: object) => ({ name: 'x', type: 'admin', ...own })],
  ])('to POST %s returns what was created', async (route, bodyOf) => {
    const path = route.replace(':bucket', await makeBucket(server));
    const body = bodyOf({ expiresAt: inAnHour() });
    const headers = { 'Idempotency-Key': `late ${route}`.replaceAll(' ', '-') };
    const first = await admin('POST', path, body, headers);
    expect(first.status).toBe(201);
    const { apiKey, apiKeys } = first.body as { apiKey?: { _id: string }; apiKeys?: { _id: string }[] };
    const made = apiKey ? { apiKeyId: apiKey._id } : { apiKeyIds: apiKeys?.map(({ _id }) => _id) };

    hoursLater(2);
    const again = await admin('POST', path, body, headers);
    expect(seen(again)).toEqual({ status: 409, body: { error: 'Conflict', message: PROCESSED, ...made } });
    const other = await admin('POST', path, bodyOf({ expiresAt: inAnHour(), metadata: {} }), headers);
    expect(other.status).toBe(422);
    const isNew = await admin('POST', path, body, { 'Idempotency-Key': 'another' });
    expect([isNew.status, isNew.body.message]).toEqual([400, SENTENCE]);
    const without = await admin('POST', path, body);
    expect([without.status, without.body.message]).toEqual([400, SENTENCE]);

    hoursLater(25);
    expect((await admin('POST', path, body, headers)).body.message).toBe(SENTENCE);
  });

  it('is refused for any other error, and leaves no record', async () => {
    const path = `/api/buckets/${await makeBucket(server)}/keys`;
    const headers = { 'Idempotency-Key': 'late-and-wrong' };
    const expiresAt = new Date(Date.now() - 1000).toISOString();
    const wrong = await admin('POST', path, { name: '', type: 'read', expiresAt }, headers);
    expect([wrong.status, wrong.body.details.length]).toEqual([400, 2]);
    expect(seen(await admin('POST', path, { name: 'x', type: 'read', expiresAt }, headers))).toEqual(PAST);
    expect((await admin('POST', path, { name: 'x', type: 'read' }, headers)).status).toBe(201);
    expect((await admin('GET', path)).body.pagination.total).toBe(1);
  });

  it('reports errors of the body before an unknown bucket', async () => {
    const body = { name: 'x', type: 'read', expiresAt: new Date(Date.now() - 1000).toISOString() };
    const headers = { 'Idempotency-Key': 'late-and-nowhere' };
    expect(seen(await admin('POST', `/api/buckets/${ABSENT_ID}/keys`, body, headers))).toEqual(PAST);
  });
});

it('ignores the Idempotency-Key on routes that create nothing or deduplicate by identity', async () => {
  const bucketId = await makeBucket(server);
  const dataSourceId = await makeSource(server, bucketId);
  const send = (key: string, path: string, body: object) => admin('POST', path, body, { 'Idempotency-Key': key });
  const point = { bucketId, dataSourceId, values: { t: 1 }, timestamp: new Date().toISOString() };
  for (const key of ['same', 'same', 'no key at all']) {
    expect((await send(key, '/api/data', point)).status).toBe(201);
    expect((await send(key, '/api/data/query', { bucketId })).body.data).toHaveLength(1);
    const { status, body } = await send(key, '/api/data/batch', {
      bucketId,
      dataPoints: [{ ...point, bucketId: undefined }],
    });
    expect([status, body.duplicates]).toEqual([201, 1]);
  }
});
