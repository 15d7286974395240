// npm test runs this on PostgreSQL too: keys, rotation, quotas and their log are rows of each database.
import { makeBucket, makeKey } from '../support/make';
import { ABSENT_ID, BUCKET_NOT_FOUND, refused, seen, UNAUTHORIZED } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

const ID = /^[0-9a-f]{24}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
});
afterAll(() => server.stop());

const asAdmin = (method: string, path: string, body?: unknown) =>
  server.call(method, path, { key: server.adminKey, body });
const get = async (id: string) => (await asAdmin('GET', `/api/buckets/${id}`)).body.bucket as Record<string, unknown>;

describe('POST /api/buckets', () => {
  it('creates a bucket with the given properties', async () => {
    const { status, body } = await asAdmin('POST', '/api/buckets', {
      name: 'Greenhouse',
      description: 'North\nwall',
      retentionDays: 90,
    });
    expect([status, body]).toEqual([
      201,
      {
        message: 'Bucket created successfully',
        bucket: {
          _id: expect.stringMatching(ID),
          name: 'Greenhouse',
          description: 'North\nwall',
          organizationId: expect.stringMatching(ID),
          retentionDays: 90,
          status: 'active',
          createdAt: expect.stringMatching(TIME),
          updatedAt: body.bucket.createdAt,
        },
      },
    ]);
  });

  it.each([{}, { description: null, retentionDays: null }, { description: '' }])(
    'applies defaults to omitted properties: %j',
    async (more) => {
      const { body } = await asAdmin('POST', '/api/buckets', { name: 'Plain', ...more });
      expect(body.bucket).toMatchObject({ description: '', retentionDays: null, status: 'active' });
    },
  );

  it('allows two buckets of the same name', async () => {
    const [first, second] = [await makeBucket(server, 'Twin'), await makeBucket(server, 'Twin')];
    expect(first).not.toBe(second);
  });

  it.each([
    [{}, 'Bucket name is required'],
    [{ name: '' }, 'Bucket name is required'],
    [{ name: null }, 'Bucket name is required'],
    [{ name: false }, 'Bucket name must be a string'],
    [{ name: 'n'.repeat(101) }, 'Bucket name must be 100 characters or less'],
    [{ name: 'a\u0000' }, 'Bucket name must not contain control characters'],
    [{ name: 'a', description: 5 }, 'Bucket description must be a string'],
    [{ name: 'a', description: 'd'.repeat(501) }, 'Bucket description must be 500 characters or less'],
    [{ name: 'a', description: 'a\u0000b' }, 'Bucket description must not contain control characters'],
    [{ name: 'a', retentionDays: 0 }, 'retentionDays must be a whole number from 1 to 3650, or null'],
    [{ name: 'a', retentionDays: 3651 }, 'retentionDays must be a whole number from 1 to 3650, or null'],
    [{ name: 'a', retentionDays: 1.5 }, 'retentionDays must be a whole number from 1 to 3650, or null'],
    [{ name: 'a', retentionDays: '7' }, 'retentionDays must be a whole number from 1 to 3650, or null'],
    [{ name: 'a', status: 'archived' }, 'Unknown property: status'],
  ])('refuses %j', async (body, message) => {
    expect(seen(await asAdmin('POST', '/api/buckets', body))).toEqual(refused(400, 'Validation Error', message));
  });
});

describe('GET /api/buckets', () => {
  it('lists the buckets, newest last, in pages', async () => {
    const before = (await asAdmin('GET', '/api/buckets')).body.pagination.total as number;
    const ids = [await makeBucket(server, 'One'), await makeBucket(server, 'Two')];

    const { body } = await asAdmin('GET', `/api/buckets?offset=${before}&limit=1`);

    expect(body.buckets.map((bucket: { _id: string }) => bucket._id)).toEqual([ids[0]]);
    expect(body.pagination).toEqual({ limit: 1, offset: before, total: before + 2, hasMore: true });
    expect((await asAdmin('GET', `/api/buckets?offset=${before + 5}`)).body).toEqual({
      buckets: [],
      pagination: { limit: 100, offset: before + 5, total: before + 2, hasMore: false },
    });
  });
});

describe('GET /api/buckets/:bucketId', () => {
  it('shows a bucket and counts its contents', async () => {
    const id = await makeBucket(server);
    await makeKey(server, id, 'write');
    const { _id } = await makeKey(server, id, 'read');
    await asAdmin('DELETE', `/api/buckets/${id}/keys/${_id}`);

    const { status, body } = await asAdmin('GET', `/api/buckets/${id}`);

    expect([status, body]).toEqual([
      200,
      {
        bucket: {
          _id: id,
          name: 'Greenhouse',
          description: '',
          organizationId: expect.stringMatching(ID),
          retentionDays: null,
          status: 'active',
          createdAt: expect.stringMatching(TIME),
          updatedAt: expect.stringMatching(TIME),
          stats: { dataSourceCount: 0, dataPointCount: 0, apiKeyCount: 1 },
        },
      },
    ]);
  });

  it('accepts an id in upper case', async () => {
    const id = await makeBucket(server);
    expect((await asAdmin('GET', `/api/buckets/${id.toUpperCase()}`)).body.bucket._id).toBe(id);
  });
});

describe.each(['PATCH', 'PUT'])('%s /api/buckets/:bucketId', (method) => {
  it('changes the given properties and keeps the others', async () => {
    const id = await makeBucket(server);
    const before = await get(id);

    const { status, body } = await asAdmin(method, `/api/buckets/${id}`, { description: 'South', status: 'archived' });

    expect([status, body]).toEqual([
      200,
      {
        message: 'Bucket updated successfully',
        bucket: {
          ...before,
          stats: undefined,
          description: 'South',
          status: 'archived',
          updatedAt: expect.stringMatching(TIME),
        },
      },
    ]);
    expect(Date.parse(body.bucket.updatedAt as string)).toBeGreaterThan(Date.parse(before.updatedAt as string));
    expect(await get(id)).toEqual({ ...body.bucket, stats: before.stats });
  });

  it('clears only the description and the retention with null', async () => {
    const { _id } = (await asAdmin('POST', '/api/buckets', { name: 'Cellar', description: 'x', retentionDays: 7 })).body
      .bucket as { _id: string };
    const { body } = await asAdmin(method, `/api/buckets/${_id}`, {
      name: null,
      description: null,
      retentionDays: null,
      status: null,
    });
    expect(body.bucket).toMatchObject({ name: 'Cellar', description: '', retentionDays: null, status: 'active' });
  });

  it('changes nothing for an empty body', async () => {
    const id = await makeBucket(server);
    const before = await get(id);
    for (const body of [{}, { name: 'Greenhouse' }])
      expect((await asAdmin(method, `/api/buckets/${id}`, body)).status).toBe(200);
    expect(await get(id)).toEqual(before);
  });

  it.each([
    [{ name: '' }, 'Bucket name is required'],
    [{ name: 'n'.repeat(101) }, 'Bucket name must be 100 characters or less'],
    [{ status: 'deleted' }, "Invalid bucket status. Must be 'active' or 'archived'"],
    [{ retentionDays: -1 }, 'retentionDays must be a whole number from 1 to 3650, or null'],
    [{ organizationId: ABSENT_ID }, 'Unknown property: organizationId'],
  ])('refuses %j and changes nothing', async (body, message) => {
    const id = await makeBucket(server);
    const before = await get(id);
    expect(seen(await asAdmin(method, `/api/buckets/${id}`, body))).toEqual(refused(400, 'Validation Error', message));
    expect(await get(id)).toEqual(before);
  });
});

describe('DELETE /api/buckets/:bucketId', () => {
  it('deletes the bucket, revokes its keys, and counts them', async () => {
    const id = await makeBucket(server);
    const keys = [await makeKey(server, id, 'write'), await makeKey(server, id, 'read')];
    const other = await makeKey(server, await makeBucket(server, 'Other'), 'read');

    const { status, body } = await asAdmin('DELETE', `/api/buckets/${id}`);

    expect([status, body]).toEqual([
      200,
      {
        message: 'Bucket deleted successfully',
        deletedBucket: { _id: id, name: 'Greenhouse' },
        deletedResources: { dataSources: 0, dataPoints: 0, apiKeys: 2, alertRules: 0 },
      },
    ]);
    for (const { key } of keys) expect(seen(await server.call('GET', '/api/keys/self', { key }))).toEqual(UNAUTHORIZED);
    expect((await server.call('GET', '/api/keys/self', { key: other.key })).status).toBe(200);
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['GET', '/keys'],
    ] as const) {
      const answer = await asAdmin(method, `/api/buckets/${id}${path}`, method === 'PATCH' ? {} : undefined);
      expect(seen(answer)).toEqual(BUCKET_NOT_FOUND);
    }
  });

  it('leaves no active key when keys are created at the same time', async () => {
    for (let round = 0; round < 5; round++) {
      const id = await makeBucket(server);
      const creations = Array.from({ length: 20 }, () =>
        server.call('POST', `/api/buckets/${id}/keys`, {
          key: server.adminKey,
          body: { name: 'Racer', type: 'write' },
        }),
      );
      const [, ...answers] = await Promise.all([asAdmin('DELETE', `/api/buckets/${id}`), ...creations]);

      for (const answer of answers) {
        if (answer.status === 404) continue;
        expect(answer.status).toBe(201);
        expect(seen(await server.call('GET', '/api/keys/self', { key: answer.body.apiKey.key as string }))).toEqual(
          UNAUTHORIZED,
        );
      }
    }
  });
});

describe('an unknown bucket', () => {
  it.each(['GET', 'PATCH', 'PUT', 'DELETE'])('is answered 404 by %s', async (method) => {
    const body = method.startsWith('P') ? {} : undefined;
    expect(seen(await asAdmin(method, `/api/buckets/${ABSENT_ID}`, body))).toEqual(BUCKET_NOT_FOUND);
    expect(seen(await asAdmin(method, '/api/buckets/short', body))).toEqual(
      refused(400, 'Validation Error', 'Invalid bucket ID format'),
    );
  });
});
