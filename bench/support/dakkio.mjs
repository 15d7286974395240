// A dakkio server on an empty database, with a bucket, and the requests that are measured.
import { join } from 'node:path';
import { temporaryFolder } from './databases.mjs';
import { requestText } from './load.mjs';
import { call, newAdminKey, startDakkio } from './servers.mjs';

/** 44 bytes as JSON. */
export const NEW_KEY = { name: 'Living Room Sensor', type: 'write' };

/** Starts the server on a new database at `path`. */
export async function startWithBucket(path = join(temporaryFolder(), 'dakkio.db')) {
  const adminKey = newAdminKey();
  const server = await startDakkio(path, adminKey);
  const headers = { 'X-API-Key': adminKey };
  const { body } = await call(server, 'POST', '/api/buckets', { headers, body: { name: 'Greenhouse' } });
  const bucketId = body.bucket._id;
  return {
    server,
    bucketId,
    check: checkText(adminKey),
    create: { text: requestText('POST', `/api/buckets/${bucketId}/keys`, { headers, body: NEW_KEY }), status: 201 },
  };
}

/** Asks which key this is, which takes its check and next to nothing else. */
export function checkText(key) {
  return requestText('GET', '/api/keys/self', { headers: { 'X-API-Key': key } });
}
