import { once } from 'node:events';
import { connect } from 'node:net';
import { KeyVerifier } from '../../src/auth/key-verifier';
import type { KeyType } from '../../src/auth/key-type';
import { newKeyText } from '../../src/api-keys/key-text';
import { makeBucket, makeKey } from '../support/make';
import { rawRequest } from '../support/raw';
import { startApp, type TestApp } from '../support/test-app';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const HOUR = 3_600_000;

let server: TestApp;
let bucketId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

const asAdmin = (method: string, path: string, body?: object) =>
  server.call(method, path, { key: server.adminKey, body });

/** The same random characters after another type letter, with a valid checksum. */
function asType(type: KeyType, key: string): string {
  const characters = [...key.slice('dakkio_w_'.length, -6)];
  return newKeyText(type, () => Uint8Array.from(characters, (character) => ALPHABET.indexOf(character)));
}

async function expired(): Promise<string> {
  const now = Date.now();
  jest.spyOn(Date, 'now').mockReturnValue(now - 2 * HOUR);
  const { key } = await makeKey(server, bucketId, 'write', { expiresAt: new Date(now - HOUR).toISOString() });
  jest.restoreAllMocks();
  return key;
}

async function ended(method: 'PATCH' | 'DELETE', body?: object): Promise<string> {
  const { _id, key } = await makeKey(server, bucketId, 'write');
  expect((await asAdmin(method, `/api/buckets/${bucketId}/keys/${_id}`, body)).status).toBe(200);
  return key;
}

async function ofDeletedBucket(): Promise<string> {
  const gone = await makeBucket(server, 'Gone');
  const { key } = await makeKey(server, gone, 'read');
  await asAdmin('DELETE', `/api/buckets/${gone}`);
  return key;
}

async function deletedAdmin(): Promise<string> {
  const { _id, key } = (await asAdmin('POST', '/api/keys', { name: 'Gone', type: 'admin' })).body.apiKey as {
    _id: string;
    key: string;
  };
  await asAdmin('DELETE', `/api/keys/${_id}`);
  return key;
}

function lookUpsOf({ app }: TestApp) {
  const verifier: object = app.get(KeyVerifier);
  return jest.spyOn(verifier as { find: () => unknown }, 'find');
}

const live = async () => (await makeKey(server, bucketId, 'write')).key;
const sent = (key: string) => [`X-API-Key: ${key}`];

/** Every way in which a request can lack an active key: its header lines, and the number of database lookups. */
const WAYS: [what: string, headerLines: () => string[] | Promise<string[]>, lookUps: 0 | 1][] = [
  ['no key', () => [], 0],
  ['an empty one', () => sent(''), 0],
  ['one that is none', () => sent('dakkio_w_short'), 0],
  ['one with a wrong checksum', async () => sent((await live()).replace(/.$/, (end) => (end === '0' ? '1' : '0'))), 0],
  ['one with another letter', async () => sent((await live()).replace('_w_', '_a_')), 0],
  ['one in other letters', async () => sent((await live()).toUpperCase()), 0],
  ['a live one twice', () => [...sent(key), ...sent(key)], 0],
  ['two different live ones', async () => [...sent(await live()), `Authorization: Bearer ${await live()}`], 0],
  ['a live one by another scheme', async () => [`Authorization: Basic ${await live()}`], 0],
  ['an unknown one', () => sent(newKeyText('admin')), 1],
  ['one with another letter and the checksum for it', async () => sent(asType('admin', await live())), 1],
  ['a deleted one', async () => sent(await ended('DELETE')), 1],
  ['a deleted Admin key', async () => sent(await deletedAdmin()), 1],
  ['a disabled one', async () => sent(await ended('PATCH', { enabled: false })), 1],
  ['an expired one', async () => sent(await expired()), 1],
  ['one of a deleted bucket', async () => sent(await ofDeletedBucket()), 1],
];
let key: string;
beforeAll(async () => {
  key = await live();
});

/** The bytes of an answer, without the line that changes each second. */
async function bytesOf(firstLine: string, headerLines: readonly string[]): Promise<string> {
  const lines = [...headerLines, 'X-Request-Id: the-same', 'Connection: close'];
  const socket = connect(server.port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.write(rawRequest(firstLine, lines));
  await once(socket, 'close');
  return Buffer.concat(chunks)
    .toString('latin1')
    .replace(/^Date: .*\r\n/m, '');
}

const REFUSED = [
  'HTTP/1.1 401 Unauthorized',
  'WWW-Authenticate: ApiKey realm="dakkio"',
  'Content-Type: application/json; charset=utf-8',
  'Content-Length: 63',
  'Cache-Control: no-store',
  'X-Content-Type-Options: nosniff',
  'X-Request-Id: the-same',
  'X-Error-Code: unauthorized',
  'Link: </docs/errors#unauthorized>; rel="help"',
  'Connection: close',
  '',
  '{"error":"Unauthorized","message":"Invalid or missing API key"}',
].join('\r\n');

describe.each(WAYS)('%s', (_what, headerLines, lookUps) => {
  it.each(['GET /api/keys/self', 'GET /api/buckets', 'DELETE /api/buckets/507f1f77bcf86cd799439011/keys/x'])(
    `is refused on %s like all the others, after ${lookUps} look-ups`,
    async (firstLine) => {
      const lines = await headerLines();
      const ask = lookUpsOf(server);
      expect(await bytesOf(firstLine, lines)).toBe(REFUSED);
      expect(ask).toHaveBeenCalledTimes(lookUps);
    },
  );
});

it('looks up an active key in the database once', async () => {
  const ask = lookUpsOf(server);
  expect(await bytesOf('GET /api/keys/self', sent(key))).toMatch(/^HTTP\/1\.1 200 /);
  expect(ask).toHaveBeenCalledTimes(1);
});

it('rejects a key immediately after each way of revoking it', async () => {
  const { _id, key: own } = await makeKey(server, bucketId, 'write');
  const path = `/api/buckets/${bucketId}/keys/${_id}`;
  const bytes = () => bytesOf('GET /api/keys/self', sent(own));
  expect(await bytes()).toMatch(/^HTTP\/1\.1 200 /);
  await asAdmin('PATCH', path, { enabled: false });
  expect(await bytes()).toBe(REFUSED);
  await asAdmin('PATCH', path, { enabled: true });
  expect(await bytes()).toMatch(/^HTTP\/1\.1 200 /);
  await asAdmin('DELETE', path);
  expect(await bytes()).toBe(REFUSED);
});
