// test:all runs this on PostgreSQL too: a stream resumes from the journal of each database.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as dakkio from '../../../clients/typescript/src';
import { openFaultProxy } from '../../support/fault-proxy';
import { makeBucket, makeKey, makeSource } from '../../support/make';
import { startApp, type TestApp } from '../../support/test-app';
import { until } from '../../support/until';

const FAST = { initialDelayMillis: 20, maxDelayMillis: 100 };

let server: TestApp;
let bucketId: string;
let sourceId: string;
let client: dakkio.DakkioClient;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
  sourceId = await makeSource(server, bucketId);
  client = new dakkio.DakkioClient({ url: server.url, key: (await makeKey(server, bucketId, 'write')).key });
});
afterAll(() => server.stop());

const store = (t: number, timestamp = Date.UTC(2024, 0, 15) + t * 1000) =>
  client.data.insert({ dataSourceId: sourceId, timestamp, values: { t } });

/** Reads a stream in the background, until `stop`. */
function reading(reader: dakkio.DakkioClient, options: dakkio.StreamOptions = {}) {
  const abort = new AbortController();
  const events: dakkio.StreamEvent[] = [];
  const disconnects: unknown[] = [];
  const onDisconnect = (error: unknown) => disconnects.push(error);
  const ended = (async () => {
    const settings = { retry: FAST, onDisconnect, signal: abort.signal, ...options };
    for await (const event of reader.data.stream(settings)) events.push(event);
  })().catch((error: unknown) => error);
  const values = () => events.flatMap((event) => (event.type === 'point' ? [event.data.values.t] : []));
  const isReady = () => events.some(({ type }) => type === 'ready');
  return { events, disconnects, ended, values, isReady, abort };
}

describe('a stream', () => {
  it('has new points, and ends with the reason of its signal', async () => {
    const { isReady, values, events, abort, ended } = reading(client, { fields: ['t'] });
    await until('it is ready', isReady);
    await store(1);
    await until('the point came', () => values().length === 1);
    expect(events.at(-1)).toMatchObject({
      type: 'point',
      data: { bucketId, dataSourceId: sourceId, values: { t: 1 } },
    });
    const why = new Error('Enough');
    abort.abort(why);
    expect(await ended).toBe(why);
  });

  it('has every point once, in order, over broken and silent connections', async () => {
    const proxy = await openFaultProxy(server.url);
    const reader = new dakkio.DakkioClient({ url: proxy.through(server.url), key: server.adminKey });
    const { isReady, values, disconnects, abort } = reading(reader, { bucketId, heartbeatTimeoutMillis: 1000 });
    await until('it is ready', isReady);
    await store(10);
    await until('the first came', () => values().length === 1);
    proxy.reset();
    await store(11);
    await until('the second came', () => values().length === 2);
    // Nothing comes any more, and the connection stays open.
    proxy.swallow('replies');
    await store(12);
    await until('the third came', () => values().length === 3);
    await proxy.refuse();
    await store(13);
    await until('it was refused', () => disconnects.length >= 3);
    await proxy.restore();
    await until('the fourth came', () => values().length === 4);
    expect(values()).toEqual([10, 11, 12, 13]);
    expect(disconnects.some((error) => error instanceof dakkio.TimeoutError)).toBe(true);
    abort.abort();
    await proxy.close();
  });

  it('continues after an event of an earlier one', async () => {
    const first = reading(client);
    await until('it is ready', first.isReady);
    await store(20);
    await until('the point came', () => first.values().length === 1);
    first.abort.abort();
    await first.ended;
    await store(21);
    const next = reading(client, { since: first.events.at(-1)?.id ?? '' });
    await until('the next came', () => next.values().length === 1);
    expect(next.values()).toEqual([21]);
    next.abort.abort();
  });

  it('ends for good when its key is deleted', async () => {
    const { _id, key } = await makeKey(server, bucketId, 'read');
    const { isReady, ended } = reading(new dakkio.DakkioClient({ url: server.url, key }));
    await until('it is ready', isReady);
    await server.call('DELETE', `/api/buckets/${bucketId}/keys/${_id}`, { key: server.adminKey });
    expect(await ended).toMatchObject({ name: 'StreamClosedError', reason: 'key_invalid' });
  });

  it('is refused at once with a key that is not valid', async () => {
    const { ended, disconnects } = reading(new dakkio.DakkioClient({ url: server.url, key: 'wrong' }));
    expect(await ended).toBeInstanceOf(dakkio.AuthenticationError);
    expect(disconnects).toEqual([]);
  });

  it('closes its connection when the loop ends', async () => {
    let open = 0;
    const other = createServer((_, response) => {
      open++;
      response.on('close', () => open--);
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('id: 1\nevent: ready\ndata: {}\n\n');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    for await (const { type } of new dakkio.DakkioClient({ url, key: 'k' }).data.stream()) if (type === 'ready') break;
    await until('it is closed', () => open === 0);
    other.close();
  });
});
