// A dakkio server on an empty database, with a bucket, and the requests that are measured.
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { SCHEMA } from './climate.mjs';
import { temporaryFolder } from './databases.mjs';
import { requestText } from './load.mjs';
import { call, newAdminKey, startDakkio } from './servers.mjs';

/** 44 bytes as JSON. */
export const NEW_KEY = { name: 'Living Room Sensor', type: 'write' };

/** Every restriction that a key can have at once, but for its data source. None of them refuses what is measured. */
const RESTRICTIONS = {
  expiresAt: '2099-12-31T00:00:00Z',
  allowedIps: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fd00::/8', '127.0.0.0/8'],
  rateLimit: { limit: 1_000_000, windowSeconds: 1 },
  quota: { limit: 1_000_000_000, per: 'month' },
  metadata: { room: 'living room', firmware: '1.4.2' },
  writeOnly: true,
};

/** Starts the server on a new database at `path`, or on the one that the environment names. */
export async function startWithBucket(path = join(temporaryFolder(), 'dakkio.db'), environment = {}) {
  const adminKey = newAdminKey();
  const server = await startDakkio(path, adminKey, environment);
  const headers = { 'X-API-Key': adminKey };
  const { body } = await call(server, 'POST', '/api/buckets', { headers, body: { name: 'Greenhouse' } });
  const bucketId = body.bucket._id;
  const keys = `/api/buckets/${bucketId}/keys`;
  const creation = (path, wanted) => ({ text: requestText('POST', path, { headers, body: wanted }), status: 201 });
  return {
    server,
    bucketId,
    check: checkText(adminKey),
    create: creation(keys, NEW_KEY),
    createMany: (count) => creation(`${keys}/bulk`, { keys: Array.from({ length: count }, () => NEW_KEY) }),
    /** `RESTRICTIONS`, and a data source of the bucket that a key can be bound to. */
    restrictions: async () => {
      const wanted = { name: 'Climate', schema: SCHEMA };
      const made = await call(server, 'POST', `/api/buckets/${bucketId}/sources`, { headers, body: wanted });
      return { ...RESTRICTIONS, dataSourceId: made.body.dataSource._id };
    },
    /** Makes these keys, and gives their texts. */
    make: async (wanted) => {
      const made = await call(server, 'POST', `${keys}/bulk`, { headers, body: { keys: wanted } });
      return made.body.apiKeys.map(({ key }) => key);
    },
  };
}

/** Asks which key this is, which takes its check and next to nothing else. */
export function checkText(key) {
  return requestText('GET', '/api/keys/self', { headers: { 'X-API-Key': key } });
}

/** Starts the server on a new database at `path`, with a data source for the climate of a room. */
export async function startWithSource(path, environment = {}) {
  const adminKey = newAdminKey();
  const server = await startDakkio(path, adminKey, environment);
  const ask = async (method, path, body) =>
    (await call(server, method, path, { headers: { 'X-API-Key': adminKey }, body })).body;
  const { bucket } = await ask('POST', '/api/buckets', { name: 'Greenhouse' });
  const keyOf = async (type) => (await ask('POST', `/api/buckets/${bucket._id}/keys`, { ...NEW_KEY, type })).apiKey.key;
  const [writeKey, readKey, otherKey] = [await keyOf('write'), await keyOf('read'), await keyOf('write')];
  const { dataSource } = await ask('POST', `/api/buckets/${bucket._id}/sources`, { name: 'Climate', schema: SCHEMA });
  return {
    server,
    bucketId: bucket._id,
    sourceId: dataSource._id,
    adminKey,
    readKey,
    writeKey,
    /** A second Write key, of a caller who has nothing to do with the first. */
    otherKey,
    /** One more bucket, with a Read and a Write key. */
    makeBucket: async (name) => {
      const { _id: bucketId } = (await ask('POST', '/api/buckets', { name })).bucket;
      const make = async (type) =>
        (await ask('POST', `/api/buckets/${bucketId}/keys`, { ...NEW_KEY, type })).apiKey.key;
      return { bucketId, readKey: await make('read'), writeKey: await make('write') };
    },
    /** Stores lines in a bucket of `makeBucket`. */
    writeLines: async ({ bucketId, writeKey }, lines) => {
      const response = await globalThis.fetch(`${server.url}/api/v2/write?bucket=${bucketId}`, {
        method: 'POST',
        headers: { Authorization: `Token ${writeKey}` },
        body: lines.join('\n'),
      });
      if (!response.ok) throw new Error(await response.text());
    },
    /** One more data source of the bucket. Gives its id. */
    makeSource: async (name, schema) =>
      (await ask('POST', `/api/buckets/${bucket._id}/sources`, { name, schema })).dataSource._id,
    /** Stores these points, and gives how many milliseconds that took. */
    store: async (dataPoints) => {
      const start = performance.now();
      await ask('POST', '/api/data/batch', { bucketId: bucket._id, dataPoints });
      return performance.now() - start;
    },
    /** Makes an alert rule, and gives its id. */
    makeAlert: async (rule) => (await ask('POST', '/api/alerts', { ...rule, bucketId: bucket._id })).alertRule._id,
    removeAlert: (id) => ask('DELETE', `/api/alerts/${id}`),
    /** The request that stores what this text says. */
    ingestion: (body, points) =>
      requestText('POST', points === 1 ? '/api/data' : '/api/data/batch', { headers: { 'X-API-Key': writeKey }, body }),
    query: (body) => requestText('POST', '/api/data/query', { headers: { 'X-API-Key': readKey }, body }),
    /** The server on a database that this one, or a copy of it, has left. */
    startAgain: (again) => startDakkio(again, adminKey, environment),
  };
}
