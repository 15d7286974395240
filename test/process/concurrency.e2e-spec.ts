// npm test leaves this out: it starts a process for each case.
// test:all runs this on PostgreSQL too: each database serializes concurrent writes in its own way.
import { DataSource } from 'typeorm';
import { ApiKey } from '../../src/api-keys/api-key.entity';
import { KeyVerifier } from '../../src/auth/key-verifier';
import { Bucket } from '../../src/buckets/bucket.entity';
import { newId } from '../../src/common/ids';
import { Writer } from '../../src/database/writer';
import { makeBucket } from '../support/make';
import { ABSENT_ID } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let bucketId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
});
afterAll(() => server.stop());

const create = (bucket: string, body: object) =>
  server.call('POST', `/api/buckets/${bucket}/keys`, { key: server.adminKey, body });

/** Tries again while the database has no time for it: the last of 1,000 may wait for more than five seconds on a busy machine. */
const createAtLast = async (bucket: string, body: object) => {
  for (;;) {
    const answer = await create(bucket, body);
    if (answer.status !== 503) return answer;
  }
};

it('makes 1,000 distinct working keys, and no other, when all are asked for at once', async () => {
  const answers = await Promise.all(
    Array.from({ length: 1000 }, (_, i) =>
      createAtLast(bucketId, { name: `Device ${i}`, type: i % 2 ? 'read' : 'write' }),
    ),
  );

  expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
  const keys = answers.map(({ body }) => body.apiKey.key as string);
  expect(new Set(keys).size).toBe(1000);
  const list = await server.call('GET', `/api/buckets/${bucketId}/keys?limit=1`, { key: server.adminKey });
  expect(list.body.pagination.total).toBe(1000);
  const selves = await Promise.all(keys.map((key) => server.call('GET', '/api/keys/self', { key })));
  expect(selves.map(({ body }) => body.apiKey.name as string)).toEqual(keys.map((_, i) => `Device ${i}`));
});

it('undoes a refused creation among good ones, and nothing else', async () => {
  const bucket = await makeBucket(server);
  const answers = await Promise.all(
    Array.from({ length: 300 }, (_, i) => {
      if (i % 3 === 1) return create(bucket, { name: '', type: 'write' });
      return create(i % 3 === 2 ? ABSENT_ID : bucket, { name: `Device ${i}`, type: 'write' });
    }),
  );

  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 300 }, (_, i) => [201, 400, 404][i % 3]));
  const { apiKeys, pagination } = (
    await server.call('GET', `/api/buckets/${bucket}/keys?limit=1000`, { key: server.adminKey })
  ).body as {
    apiKeys: { name: string }[];
    pagination: { total: number };
  };
  expect(pagination.total).toBe(100);
  expect(apiKeys.map(({ name }) => name).sort()).toEqual(
    Array.from({ length: 100 }, (_, i) => `Device ${i * 3}`).sort(),
  );
});

describe('the writer', () => {
  it('undoes work that throws half-way, and keeps what ran beside it', async () => {
    const writer = server.app.get(Writer);
    const organizationId = (await server.app.get(KeyVerifier).verify(server.adminKey))?.organizationId ?? '';
    const bucket = (name: string): Bucket => {
      return {
        id: newId(),
        organizationId,
        name,
        description: '',
        retentionDays: null,
        undoFrom: null,
        liveUntil: null,
        undoUntil: null,
        status: 'active',
        createdAt: 1,
        updatedAt: 1,
        deletedAt: null,
      };
    };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, i) =>
        writer.write(async (manager) => {
          await manager.insert(Bucket, bucket(`half ${i}`));
          if (i % 2) throw new Error(`stop ${i}`);
          await manager.insert(Bucket, bucket(`whole ${i}`));
          return i;
        }),
      ),
    );

    expect(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as Error).message)),
    ).toEqual(Array.from({ length: 50 }, (_, i) => (i % 2 ? `stop ${i}` : i)));
    const stored = (await server.app.get(DataSource).getRepository(Bucket).find()).map(({ name }) => name);
    for (let i = 0; i < 50; i++) {
      expect(stored.includes(`half ${i}`)).toBe(i % 2 === 0);
      expect(stored.includes(`whole ${i}`)).toBe(i % 2 === 0);
    }
  });

  it('undoes a failed statement alone', async () => {
    const writer = server.app.get(Writer);
    const row = await server.app.get(DataSource).getRepository(ApiKey).findOneByOrFail({ type: 'admin' });
    const again = { ...row, id: newId() };
    const good = { ...row, id: newId(), hash: newId().padEnd(64, '0') };
    const [failed, stored] = await Promise.allSettled([
      writer.write((manager) => manager.insert(ApiKey, again)),
      writer.write((manager) => manager.insert(ApiKey, good)),
    ]);
    expect([failed.status, stored.status]).toEqual(['rejected', 'fulfilled']);
    expect(await server.app.get(DataSource).getRepository(ApiKey).countBy({ id: good.id })).toBe(1);
  });

  it('lets nobody see what is not committed', async () => {
    const writer = server.app.get(Writer);
    const repository = server.app.get(DataSource).getRepository(Bucket);
    const { organizationId } = (await repository.find({ take: 1 }))[0] ?? { organizationId: '' };
    const id = newId();
    await writer.write(async (manager) => {
      await manager.insert(Bucket, {
        id,
        organizationId,
        name: 'x',
        description: '',
        retentionDays: null,
        status: 'active',
        createdAt: 1,
        updatedAt: 1,
      });
      expect(await repository.countBy({ id })).toBe(0);
    });
    expect(await repository.countBy({ id })).toBe(1);
  });

  it('serves `save` and its own transactions too', async () => {
    const writer = server.app.get(Writer);
    const { organizationId } = (await server.app.get(DataSource).getRepository(Bucket).find({ take: 1 }))[0] ?? {
      organizationId: '',
    };
    const row = {
      organizationId,
      name: 'saved',
      description: '',
      retentionDays: null,
      status: 'active' as const,
      createdAt: 1,
      updatedAt: 1,
      deletedAt: null,
    };
    await Promise.all(
      Array.from({ length: 20 }, () => writer.write((manager) => manager.save(Bucket, { id: newId(), ...row }))),
    );
    expect(await server.app.get(DataSource).getRepository(Bucket).countBy({ name: 'saved' })).toBe(20);
  });
});
