// npm test runs this on PostgreSQL too: keys, rotation, quotas and their log are rows of each database.
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { readConfig } from '../../src/common/config/config';
import { ConfigModule } from '../../src/common/config/config.module';
import { LeanExpressAdapter } from '../../src/common/http/lean-express.adapter';
import { DatabaseModule } from '../../src/database/database.module';
import { query } from '../../src/database/sql';
import { Writer } from '../../src/database/writer';
import { ENTITIES } from '../../src/entities';
import { type Retry } from '../../src/idempotency/current-retry.decorator';
import { IdempotencyRecord } from '../../src/idempotency/idempotency-record.entity';
import { ExpiredRows } from '../../src/database/expired-rows';
import { Idempotency } from '../../src/idempotency/idempotency.service';
import { Organization } from '../../src/organizations/organization.entity';
import { caller, type Call } from '../support/call';
import { refused, seen } from '../support/refusals';
import { createDatabase, type TestDatabase } from '../support/test-app';
import { NoAuditModule } from '../support/no-audit';
import { OURS, Things, ThingsModule } from '../support/idempotent-things';

const DAY = 86_400_000;
const THEIRS = 'b'.repeat(24);

let database: TestDatabase;
let app: NestExpressApplication;
let call: Call;
let things: Things;
beforeAll(async () => {
  database = await createDatabase();
  const config = readConfig({ DATABASE_URL: database.url, DAKKIO_SECRET_KEY: 'c'.repeat(64) });
  const module = await Test.createTestingModule({
    imports: [ConfigModule.forRoot(config), DatabaseModule.forRoot(ENTITIES), NoAuditModule, ThingsModule],
  }).compile();
  app = module.createNestApplication<NestExpressApplication>(new LeanExpressAdapter(config), {
    logger: false,
    bodyParser: false,
  });
  await app.listen(0, '127.0.0.1');
  call = caller(`http://127.0.0.1:${(app.getHttpServer().address() as { port: number }).port}`);
  things = app.get(Things);
});
afterAll(async () => {
  await app.close();
  await database.remove();
});
beforeEach(async () => {
  Object.assign(things, { organizationId: OURS, broken: false });
  await app.get(Writer).write((manager) => query(manager, 'DELETE FROM idempotency_records', []));
  await app.get(Writer).write((manager) => query(manager, 'DELETE FROM organizations', []));
});

const post = (key: string | undefined, path: string, body: object, apiKey = 'k') =>
  call('POST', path, { body, key: apiKey, headers: key === undefined ? {} : { 'Idempotency-Key': key } });
const SHELF = `/shelves/${OURS}`;
const made = () => app.get(DataSource).getRepository(Organization).count();
const records = () => app.get(DataSource).getRepository(IdempotencyRecord);
const again = (ids: object) => ({
  status: 409,
  body: { error: 'Conflict', message: 'This request was already processed', ...ids },
});
const REUSED = refused(422, 'Unprocessable Entity', 'Idempotency-Key was used before with another request');
const INVALID = refused(400, 'Validation Error', 'Idempotency-Key must be 1 to 255 visible ASCII characters');

describe('a creation with an Idempotency-Key', () => {
  it('runs once, and the retry returns what was created', async () => {
    const first = await post('one', SHELF, { name: 'a' });
    expect(first.status).toBe(201);
    expect(seen(await post('one', SHELF, { name: 'a' }))).toEqual(again({ apiKeyId: first.body.ids[0] }));
    expect(await made()).toBe(1);
  });

  it.each(['a', 'a,b,c'])('returns a list of what was created when the request has a list: %s', async (name) => {
    const { ids } = (await post('list', `${SHELF}/bulk`, { name })).body;
    expect(seen(await post('list', `${SHELF}/bulk`, { name }))).toEqual(again({ apiKeyIds: ids }));
  });

  it('is refused when the key was used for another request', async () => {
    await post('one', SHELF, { name: 'a' });
    expect(seen(await post('one', SHELF, { name: 'b' }))).toEqual(REUSED);
    expect(seen(await post('one', SHELF, { name: 'a', colour: 'red' }))).toEqual(REUSED);
    expect(await made()).toBe(1);
  });

  it('is the same request in any formatting of its body', async () => {
    await post('one', SHELF, { name: 'caf\u00e9', colour: 'red' });
    const { status } = await post('one', SHELF, { colour: 'red', name: 'cafe\u0301' });
    expect(status).toBe(409);
  });

  it('distinguishes routes by their ids, in upper or lower case', async () => {
    await post('one', SHELF, { name: 'a' });
    expect((await post('one', SHELF.toUpperCase().replace('SHELVES', 'shelves'), { name: 'a' })).status).toBe(409);
    expect((await post('one', `/shelves/${THEIRS}`, { name: 'a' })).status).toBe(201);
    expect((await post('one', `${SHELF}/bulk`, { name: 'a' })).status).toBe(201);
  });

  it('is another request in another organization', async () => {
    await post('one', SHELF, { name: 'a' });
    things.organizationId = THEIRS;
    expect((await post('one', SHELF, { name: 'a' })).status).toBe(201);
  });

  it('is the same request from any key of the organization, except where a key changes itself', async () => {
    await post('one', SHELF, { name: 'a' }, 'k1');
    expect((await post('one', SHELF, { name: 'a' }, 'k2')).status).toBe(409);
    await post('one', '/shelves/self/rotate', { name: 'a' }, 'k1');
    expect((await post('one', '/shelves/self/rotate', { name: 'a' }, 'k1')).status).toBe(409);
    expect((await post('one', '/shelves/self/rotate', { name: 'a' }, 'k2')).status).toBe(201);
  });

  it('runs once under concurrent retries', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('same', SHELF, { name: 'a' })));
    const [first, ...others] = answers.sort((a, b) => a.status - b.status);
    expect(first?.status).toBe(201);
    expect(others.map(seen)).toEqual(others.map(() => again({ apiKeyId: first?.body.ids[0] })));
    expect(await made()).toBe(1);
  });

  it('leaves no record when it fails', async () => {
    things.broken = true;
    expect((await post('one', SHELF, { name: 'a' })).status).toBe(500);
    things.broken = false;
    expect((await post('one', SHELF, { name: 'a' })).status).toBe(201);
  });

  it('stores neither the header nor the body', async () => {
    await post('the-header', SHELF, { name: 'the-body' });
    const [record] = await records().find();
    expect(record).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      apiKeyIds: [expect.stringMatching(/^[0-9a-f]{24}$/)],
      createdAt: expect.any(Number),
    });
  });

  it.each([
    ['empty', ''],
    ['with a blank', 'a b'],
    ['on two lines, as Node joins them', 'a, b'],
    ['not ASCII', 'caf\xe9'],
    ['256 characters long', 'x'.repeat(256)],
  ])('is refused when the key is %s', async (_what, key) => {
    expect(seen(await post(key, SHELF, { name: 'a' }))).toEqual(INVALID);
    expect(await made()).toBe(0);
  });

  it('accepts keys of 1 to 255 characters, and reports errors of the body first', async () => {
    expect((await post('x'.repeat(255), SHELF, { name: 'a' })).status).toBe(201);
    expect((await post('!', SHELF, { name: 'a' })).status).toBe(201);
    expect((await post('', SHELF, {})).body.message).toBe('Name is required');
  });
});

it('creates one thing per request without an Idempotency-Key', async () => {
  await post(undefined, SHELF, { name: 'a' });
  expect((await post(undefined, SHELF, { name: 'a' })).status).toBe(201);
  expect(await made()).toBe(2);
});

describe('a record', () => {
  const NOW = Date.UTC(2026, 10, 23);
  const retry = (key: string): Retry => ({ key, route: 'r', content: {}, of: 'apiKey', many: false });
  const record = (key: string, at: number) =>
    app.get(Writer).write((manager) => app.get(Idempotency).record(manager, OURS, retry(key), ['k'], at));

  it('is valid for 24 hours', async () => {
    await record('one', NOW);
    await expect(record('one', NOW + DAY - 1)).rejects.toThrow('This request was already processed');
    await record('one', NOW + DAY);
    await expect(record('one', NOW + 2 * DAY - 1)).rejects.toThrow('This request was already processed');
    expect(await records().count()).toBe(1);
  });

  it('is removed after 24 hours', async () => {
    for (let count = 0; count < 1203; count++) await record(`old ${count}`, NOW);
    await record('young', NOW + 1);
    await app.get(ExpiredRows).remove(NOW + DAY);
    expect((await records().find()).map(({ createdAt }) => createdAt)).toEqual([NOW + 1]);
  });
});

it('documents the header in OpenAPI for each route that accepts it', () => {
  const document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
  const { parameters, responses } = document.paths[`/shelves/{shelfId}`]?.post as any;
  expect(parameters).toContainEqual(expect.objectContaining({ name: 'Idempotency-Key', in: 'header' }));
  const sentences = ['400', '409', '422'].flatMap((status) =>
    Object.values(responses[status].content['application/json'].examples).map(({ value }: any) => value.message),
  );
  expect(sentences).toEqual(
    expect.arrayContaining([
      'Idempotency-Key must be 1 to 255 visible ASCII characters',
      'This request was already processed',
      'Idempotency-Key was used before with another request',
    ]),
  );
});
