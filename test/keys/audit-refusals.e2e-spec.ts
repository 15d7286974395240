import { Refusals } from '../../src/audit/refusals';
import { makeBucket, makeKey } from '../support/make';
import { refused, seen } from '../support/refusals';
import { createDatabase, startApp, type TestApp } from '../support/test-app';

interface Event {
  readonly _id: string;
  readonly at: string;
  readonly action: string;
  readonly actor: Record<string, unknown>;
  readonly target: Record<string, unknown>;
  readonly bucketId?: string;
  readonly details?: Record<string, any>;
  readonly address?: string;
  readonly requestId?: string;
}

let server: TestApp;
beforeAll(async () => (server = await startApp()));
afterAll(() => server.stop());

async function events(query = '', key = server.adminKey): Promise<Event[]> {
  const { status, body } = await server.call('GET', `/api/audit?limit=1000&sort=asc${query}`, { key });
  expect(status).toBe(200);
  return body.auditEvents as Event[];
}

describe('refusals for lack of right', () => {
  it('are recorded once per second with actor, action and address', async () => {
    const bucketId = await makeBucket(server);
    const { _id, key } = await makeKey(server, bucketId, 'read');
    const path = `/api/buckets/${bucketId}?secret=x`;
    expect(seen(await server.call('DELETE', path, { key }))).toEqual(
      refused(403, 'Forbidden', 'Only Admin keys can delete buckets'),
    );
    await server.app.get(Refusals).flush();
    expect(await events(`&actorId=${_id}`)).toEqual([
      {
        _id: expect.any(String),
        at: expect.any(String),
        action: 'access.refused',
        actor: { type: 'api key', _id, name: 'Living Room Sensor' },
        target: { type: 'route' },
        bucketId,
        details: {
          method: 'DELETE',
          path: `/api/buckets/${bucketId}`,
          message: 'Only Admin keys can delete buckets',
        },
        address: '127.0.0.1',
        requestId: expect.any(String),
      },
    ]);
  });

  it('are counted when they repeat, and a row records the repeats after a minute, ten minutes and an hour', async () => {
    const refusals = server.app.get(Refusals);
    const { _id, key } = await makeKey(server, await makeBucket(server), 'read');
    const { organizationId } = (await server.call('GET', '/api/keys/self', { key })).body.apiKey;
    const by = { kind: 'api key', id: _id, name: 'flood', address: '192.0.2.1', requestId: 'r' } as const;
    const refusal = { by, organizationId, bucketId: null, method: 'GET', route: '/x/:id', path: '/x', message: 'no' };
    const start = 4_000_000_000_000;
    const minutes = (count: number) => start + count * 60_000;
    const recorded = async () => (await events(`&actorId=${_id}`)).map(({ details }) => details);
    for (let i = 0; i < 250; i++) refusals.add({ ...refusal, path: `/x/${'y'.repeat(300)}${i}` }, start + i);
    await refusals.flush(minutes(0.9));
    expect(await recorded()).toEqual([{ method: 'GET', path: `/x/${'y'.repeat(197)}`, message: 'no' }]);
    await refusals.flush(minutes(1));
    expect((await recorded()).at(-1)).toMatchObject({ times: 249, until: new Date(start + 249).toISOString() });

    refusals.add(refusal, minutes(2));
    await refusals.flush(minutes(10.9));
    expect(await recorded()).toHaveLength(2);
    await refusals.flush(minutes(11));
    expect((await recorded()).at(-1)).toMatchObject({ times: 1, until: new Date(minutes(2)).toISOString() });
    refusals.add(refusal, minutes(70));
    await refusals.flush(minutes(71));
    expect((await recorded()).at(-1)).toMatchObject({ times: 1 });
    // No repeat within an hour: the next one counts as the first.
    await refusals.flush(minutes(131));
    refusals.add(refusal, minutes(132));
    await refusals.flush(minutes(132));
    expect((await recorded()).at(-1)).toEqual({ method: 'GET', path: '/x', message: 'no' });
    expect(await recorded()).toHaveLength(5);
  });

  it('of one key do not displace those of other keys, and all are counted', async () => {
    const refusals = server.app.get(Refusals);
    const keys = [];
    const bucketId = await makeBucket(server);
    for (let i = 0; i < 3; i++) keys.push(await makeKey(server, bucketId, 'read'));
    const { organizationId } = (await server.call('GET', '/api/keys/self', { key: keys[0]?.key ?? '' })).body.apiKey;
    const start = 4_100_000_000_000;
    await refusals.flush(start);
    const before = (await events('&action=access.refused')).length;
    for (const [index, { _id }] of keys.entries()) {
      const by = { kind: 'api key', id: _id, name: 'x', address: '192.0.2.1', requestId: 'r' } as const;
      const refusal = { by, organizationId, bucketId, method: 'GET', path: '/x', message: 'no' };
      for (let i = 0; i < (index === 0 ? 500 : 2); i++) refusals.add({ ...refusal, route: `/x/${i}` }, start);
    }
    await refusals.flush(start + 59_999);
    const rows = (await events('&action=access.refused')).slice(before);
    const of = (id: string | undefined) => rows.filter(({ actor }) => actor._id === id).length;
    expect(keys.map(({ _id }) => of(_id))).toEqual([20, 2, 2]);
    await refusals.flush(start + 60_000);
    expect((await events('&action=access.refused')).at(-1)?.details).toEqual({ more: 480 });
  });

  it('are kept in memory while the database cannot be written to', async () => {
    const refusals = server.app.get(Refusals);
    const { _id, key } = await makeKey(server, await makeBucket(server), 'read');
    await refusals.flush();
    const write = jest.spyOn(refusals['writer'], 'write').mockRejectedValueOnce(new Error('disk full'));
    await server.call('GET', '/api/keys', { key });
    await refusals.flush();
    expect(write).toHaveBeenCalledTimes(1);
    expect(await events(`&actorId=${_id}`)).toEqual([]);
    await refusals.flush();
    expect(await events(`&actorId=${_id}`)).toHaveLength(1);
    write.mockRestore();
  });

  it('are recorded when the server stops', async () => {
    const database = await createDatabase();
    const first = await startApp({}, database);
    const { key, _id } = await makeKey(first, await makeBucket(first), 'read');
    await first.call('GET', '/api/keys', { key });
    await first.stop();
    const second = await startApp({}, database);
    const { auditEvents } = (await second.call('GET', `/api/audit?actorId=${_id}`, { key: first.adminKey })).body as {
      auditEvents: Event[];
    };
    expect(auditEvents.map(({ action }) => action)).toEqual(['access.refused']);
    await second.stop();
    await database.remove();
  });
});
