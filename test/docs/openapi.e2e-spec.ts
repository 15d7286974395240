import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiDocument } from '../../src/common/openapi/openapi-document';
import { ConsoleLinks } from '../../src/setup/console-links';
import { differences, operationsOf, requestExamples, type Json, type Operation } from '../support/openapi-check';
import { makeAlert } from '../support/alerts';
import { makeAdminKey, makeBucket, makeKey } from '../support/make';
import { openSession } from '../support/sessions';
import { routesOf } from '../support/routes';
import { startApp, type TestApp } from '../support/test-app';

const FILE = readFileSync(join(__dirname, '..', '..', 'docs', 'openapi.json'), 'utf8');
const DOCUMENT = JSON.parse(FILE);
const OPERATIONS = operationsOf(DOCUMENT);
const WITH_KEY = OPERATIONS.filter(({ docs }) => docs.security !== undefined);
const EXAMPLE_BUCKET_ID = '507f1f77bcf86cd799439011';
const EXAMPLE_SOURCE_ID = '507f1f77bcf86cd799439014';
const FOR_ANY_KEY = [
  ...['POST /api/session', 'GET /api/keys/self', 'POST /api/keys/self/rotate', 'GET /api/buckets/:bucketId/sources'],
  ...['GET /api/buckets/:bucketId/sources/:sourceId', 'POST /api/data/query', 'GET /api/data/latest'],
  ...['GET /api/data/export', 'GET /api/data/stream', 'POST /api/data/stream/tickets'],
  ...['GET /api/analytics/buckets/:bucketId', 'GET /api/buckets/:bucketId/alerts', 'GET /api/alerts/:alertId'],
  ...['POST /api/alerts/parse', 'POST /api/alerts/preview', 'GET /api/alerts/:alertId/history'],
  ...['GET /api/alerts/:alertId/deliveries', 'GET /api/alerts/:alertId/deliveries/:deliveryId'],
  ...['GET /api/sources', 'GET /api/alerts', 'GET /query', 'POST /query'],
];
/** Their errors have the forms of InfluxDB. */
const isInflux = ({ docs }: Operation) => (docs.tags as string[]).includes('InfluxDB');
const NAMING_BUCKET = ['GET /api/data/export', 'GET /api/data/latest', 'GET /api/data/stream'];
const WRONG_ADDRESS = { error: 'Forbidden', message: 'API key is not allowed from this address' };

let server: TestApp;
beforeAll(async () => (server = await startApp({ DAKKIO_WEBHOOK_ALLOW: '127.0.0.1:9' })));
afterAll(() => server.stop());

const errorsOf = ({ docs }: Operation): [status: string, answer: Json][] =>
  Object.entries<Json>(docs.responses).filter(([status]) => Number(status) >= 400);
const examplesOf = (answer: Json): Json[] =>
  Object.values<Json>(answer?.content['application/json'].examples ?? {}).map(({ value }) => value);

describe('docs/openapi.json', () => {
  it('is what the code makes: `npm run docs:openapi` writes it', () => {
    expect(FILE).toBe(`${JSON.stringify(openApiDocument(server.app), null, 2)}\n`);
  });

  it('is what the server gives at /docs-json', async () => {
    expect((await server.call('GET', '/docs-json')).body).toEqual(DOCUMENT);
  });

  it('has every route of the application, and no other', () => {
    expect(OPERATIONS.map(({ route }) => route).sort()).toEqual(routesOf(server.app).sort());
  });

  it("shows the seed page's two requests, and the key of its reply", () => {
    const { requestBody, responses } = DOCUMENT.paths['/api/buckets/{bucketId}/keys'].post;
    expect(Object.values(requestBody.content['application/json'].examples as object)).toEqual([
      { summary: 'Create Write Key', value: { name: 'Living Room Sensor', type: 'write' } },
      { summary: 'Create Read Key', value: { name: 'Dashboard Reader', type: 'read' } },
      { summary: 'Create a restricted key', value: expect.anything() },
    ]);
    expect(responses['201'].content['application/json'].schema).toEqual({ $ref: '#/components/schemas/KeyCreated' });
    expect(DOCUMENT.components.schemas.NewKeyView.properties.key.example).toBe(
      'dakkio_w_abc123def456ghi789jkl012mno345pqr678',
    );
  });

  it.each(Object.entries<Json>(DOCUMENT.components.schemas))(
    'has examples in %s that its own words allow',
    (_, schema) => {
      const fields = Object.entries<Json>(schema.properties).filter(([, { example }]) => example !== undefined);
      const wrong = fields.flatMap(([name, said]) =>
        said.oneOf ? [] : differences(DOCUMENT, said, said.example, name),
      );
      expect(wrong).toEqual([]);
    },
  );
});

describe.each(OPERATIONS)('$route', (operation) => {
  const { docs, method, route, path } = operation;

  it('is described', () => {
    expect(docs).toMatchObject({
      operationId: expect.stringMatching(/^[a-z][A-Za-z]+$/),
      summary: expect.stringMatching(/^[A-Z].+[^.]$/),
      description: expect.stringMatching(/^[A-Z][^]+\.$/),
    });
    expect(docs.description).not.toContain(docs.summary);
  });

  it('shows at least one error, and errors in their one shape', () => {
    const errors = errorsOf(operation);
    expect(errors.length).toBeGreaterThan(0);
    for (const [status, answer] of errors) {
      expect(examplesOf(answer).length).toBeGreaterThan(0);
      for (const example of examplesOf(answer)) {
        const { schema } = answer.content['application/json'];
        if (!isInflux(operation)) expect(schema).toEqual({ $ref: '#/components/schemas/ErrorReply' });
        expect(differences(DOCUMENT, schema, example, status)).toEqual([]);
        expect(JSON.stringify(example)).not.toMatch(/<\w+>/);
      }
      expect(answer.headers).toHaveProperty('X-Request-Id');
    }
  });

  it('answers as its schemas say, also to each example of a body', async () => {
    const bodies = requestExamples(DOCUMENT, operation);
    for (const body of bodies.length > 0 ? bodies : [undefined]) {
      const [bucketId, adminKeyId] = [await makeBucket(server), await otherAdminKeyId()];
      const keyId = path.includes('{bucketId}') ? (await makeKey(server, bucketId, 'write'))._id : adminKeyId;
      const sourceId = await makeSource(bucketId);
      const made = await makeAlert(server, bucketId, sourceId, 'temperature > 30');
      const url = fill(path, { bucketId, keyId, sourceId, ...made });
      const query = NAMING_BUCKET.includes(route) ? `?bucketId=${bucketId}` : influxQuery(route, bucketId);
      const ofSource = route === 'POST /api/data/csv' ? `?bucketId=${bucketId}&dataSourceId=${sourceId}` : '';

      const filled =
        route === 'POST /api/session/code' ? await newCode() : body && withIds(body, { bucketId, sourceId, keyId });
      const adminKey = await makeAdminKey(server);
      const key = route === 'DELETE /api/session' ? (await openSession(server, adminKey)).key : adminKey;
      const answer = await server.call(method, url + query + ofSource, { key, body: filled ?? textExample(operation) });

      const [status, success] = Object.entries<Json>(docs.responses)[0] ?? [];
      expect(answer.status).toBe(Number(status));
      if (Number(status) === 204) {
        expect(answer.body).toBe('');
        continue;
      }
      const { schema, example } = Object.values<Json>(success.content)[0];
      expect(differences(DOCUMENT, schema, answer.body)).toEqual([]);
      if (example) expect(differences(DOCUMENT, schema, example, 'example')).toEqual([]);
      for (const name of Object.keys(success.headers as object)) {
        const said = DOCUMENT.components.headers[name];
        const sent = answer.headers.get(name);
        if (sent === null) expect([name, said.required]).toEqual([name, undefined]);
        else expect(differences(DOCUMENT, said.schema, sent, `${route} ${name}`)).toEqual([]);
      }
    }
  });
});

/** How a call names its bucket to InfluxDB. */
function influxQuery(route: string, bucketId: string): string {
  if (route === 'GET /query') return '?q=SHOW%20DATABASES';
  if (route === 'POST /query') return `?q=CREATE%20DATABASE%20%22${bucketId}%22`;
  return ['POST /write', 'POST /api/v3/write_lp'].includes(route)
    ? `?db=${bucketId}`
    : route === 'POST /api/v2/write'
      ? `?bucket=${bucketId}`
      : '';
}

function textExample({ docs }: Operation): string | undefined {
  const { 'application/json': json, ...texts } = docs.requestBody?.content ?? {};
  return json ? undefined : (Object.values<Json>(texts)[0]?.schema.example as string | undefined);
}

/** A path with these ids in its holes. */
function fill(path: string, ids: Readonly<Record<string, string>>): string {
  return path.replace(/\{(\w+)\}/g, (hole, name: string) => ids[name] ?? hole);
}

async function makeSource(bucketId: string): Promise<string> {
  const schema = { temperature: 'number', humidity: 'number', door: 'boolean' };
  const options = { key: server.adminKey, body: { name: 'Climate', schema } };
  return (await server.call('POST', `/api/buckets/${bucketId}/sources`, options)).body.dataSource._id as string;
}

/** An example's ids stand for those that there are. */
function withIds(body: Json, ids: { bucketId: string; sourceId: string; keyId: string }): Json {
  const text = JSON.stringify(body)
    .replaceAll(EXAMPLE_BUCKET_ID, ids.bucketId)
    .replaceAll(EXAMPLE_SOURCE_ID, ids.sourceId);
  const filled = JSON.parse(text);
  return Array.isArray(filled.ids) ? { ...filled, ids: [ids.keyId] } : filled;
}

/** A sign-in code: the one in the example is unknown. */
async function newCode(): Promise<{ code: string }> {
  const { code } = await server.app.get(ConsoleLinks).create({ kind: 'server' });
  return { code };
}

async function otherAdminKeyId(): Promise<string> {
  const key = await makeAdminKey(server);
  return (await server.call('GET', '/api/keys/self', { key })).body.apiKey._id as string;
}

describe.each(WITH_KEY)('$route, which requires a key', (operation) => {
  const { docs, route } = operation;

  it('takes it in either header', () => {
    expect(docs.security).toEqual([{ apiKey: [] }, { bearer: [] }]);
  });

  it('shows the 401 and its challenge', () => {
    const message = 'Invalid or missing API key';
    const [shown, ...others] = examplesOf(docs.responses['401']);
    expect(others).toEqual([]);
    const isVersion2 = operation.path.startsWith('/api/v2/');
    if (isInflux(operation))
      expect(shown).toMatchObject({ error: isVersion2 ? message : `authorization failed: ${message}` });
    else expect(shown).toEqual({ error: 'Unauthorized', message });
    expect(docs.responses['401'].headers).toHaveProperty('WWW-Authenticate');
  });

  it('shows the very 403 that a key of another type gets', async () => {
    const bucketId = await makeBucket(server);
    const { key, _id } = await makeKey(server, bucketId, 'read');
    const ids = { keyId: _id, sourceId: _id, alertId: _id, deliveryId: _id };
    const url = fill(operation.path, { bucketId, ...ids });
    const answer = await server.call(operation.method, url, { key });
    const forAnyKey = FOR_ANY_KEY.includes(route);
    expect(answer.status === 403).toBe(!forAnyKey);
    const told = examplesOf(docs.responses['403']);
    const wrongAddress = isInflux(operation)
      ? expect.objectContaining({ error: WRONG_ADDRESS.message })
      : WRONG_ADDRESS;
    expect(told.slice(0, forAnyKey ? 1 : 2)).toEqual([...(forAnyKey ? [] : [answer.body]), wrongAddress]);
  });
});

it('requires a key for everything but sign-in codes, health and the root', () => {
  const open = OPERATIONS.filter((operation) => !WITH_KEY.includes(operation)).map(({ route }) => route);
  const opened = [
    'POST /api/session/code',
    'GET /ping',
    'GET /health',
    'GET /ready',
    'GET /health/live',
    'GET /health/ready',
    'GET /',
  ];
  expect(open.sort()).toEqual(opened.sort());
});
