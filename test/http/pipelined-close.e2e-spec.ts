import { WorkScheduler } from '../../src/scheduling/work-scheduler';
import { ReaderBounds } from '../../src/live/reader-bounds';
import { makeBucket, makeKey, makeSource, type MadeKey } from '../support/make';
import { RawConnection, rawRequest } from '../support/raw';
import { startApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

/** One body of the largest size has room at a time. */
const BODY_LIMIT = 1_048_576;

let server: TestApp;
let readKey: MadeKey;
let writeKey: MadeKey;
let sourceId: string;
beforeAll(async () => {
  server = await startApp({ DAKKIO_BODY_LIMIT_BYTES: String(BODY_LIMIT), DAKKIO_BODIES_BYTES: String(BODY_LIMIT) });
  const bucketId = await makeBucket(server);
  sourceId = await makeSource(server, bucketId, 'Notes', { text: 'string' });
  [readKey, writeKey] = [await makeKey(server, bucketId, 'read'), await makeKey(server, bucketId, 'write')];
  expect((await storePoints()).status).toBe(201);
});
afterAll(() => server.stop());

/** About 500 kB, which is more than a connection takes unread. */
function storePoints() {
  const dataPoints = Array.from({ length: 500 }, (_, index) => ({
    dataSourceId: sourceId,
    timestamp: Date.UTC(2024, 0, 15) + index * 1000,
    values: { text: 'x'.repeat(1000) },
  }));
  return server.call('POST', '/api/data/batch', { key: writeKey.key, body: { dataPoints } });
}

const get = (path: string) => rawRequest(`GET ${path}`, [`X-API-Key: ${readKey.key}`]);
/** It does not end, so that what is pipelined behind it waits. */
const STREAM = '/api/data/stream';

/** Sends requests on one connection, and resets it once a condition holds. */
async function resetOnce(what: string, holds: () => boolean, requests: string): Promise<void> {
  const connection = await RawConnection.open(server.port);
  await connection.send(requests);
  await until(what, holds);
  connection.reset();
}

describe('the end of a connection ends what is pipelined on it:', () => {
  it('streams', async () => {
    const bounds = server.app.get(ReaderBounds);
    await resetOnce('six streams are open', () => bounds.load.open === 6, get(STREAM).repeat(6));
    await until('no stream is open', () => bounds.load.open === 0);
  });

  it('exports', async () => {
    const scheduler = server.app.get(WorkScheduler);
    const requests = get(STREAM) + get('/api/data/export').repeat(5);
    const connection = await RawConnection.open(server.port);
    const began = jest.spyOn(scheduler, 'run');
    await connection.send(requests);
    await until('all have begun', () => began.mock.calls.length === 5);
    connection.reset();
    await until('no work is under way', () => scheduler.load.running === 0 && scheduler.load.waiting === 0);
    began.mockRestore();
  });

  it('bodies that are incomplete', async () => {
    const head = rawRequest('POST /api/data/batch', [
      ...[`X-API-Key: ${writeKey.key}`, 'Content-Type: application/json', `Content-Length: ${BODY_LIMIT}`],
    ]);
    const connection = await RawConnection.open(server.port);
    await connection.send(get(STREAM) + head + ' '.repeat(1000));
    await until('the stream is open', () => server.app.get(ReaderBounds).load.open === 1);
    expect(await storePoints()).toMatchObject({ status: 503 });
    connection.reset();
    expect((await storePoints()).status).toBe(201);
  });
});
