import { makeBucket, makeSource } from './support/make';
import { refused, seen } from './support/refusals';
import { startApp, type TestApp } from './support/test-app';

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
])('creates one %s for a request that comes twice, and names it', async (made, idName, path, bodyOf) => {
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
});
