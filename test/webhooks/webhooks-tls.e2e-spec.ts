// test:all leaves PostgreSQL out: what a message says, and how it is sent, is the same on each database.
import { SCHEMA } from '../support/alerts';
import { makeBucket } from '../support/make';
import { startServer, stopProgram } from '../support/process';
import { AUTHORITY_FILE, startReceiver, type Receiver } from '../support/receiver';
import { createDatabase, type TestApp, type TestDatabase } from '../support/test-app';

const OPEN = { DAKKIO_WEBHOOK_ALLOW: '127.0.0.0/8, [::1]' };

let database: TestDatabase;
let receiver: Receiver;

beforeAll(async () => {
  database = await createDatabase();
  receiver = await startReceiver(0, { isTls: true });
});

afterAll(async () => {
  await receiver.close();
  await database.remove();
});

/** What comes of a test delivery to each of these URLs, from a server with these variables. */
async function deliveriesTo(urls: readonly string[], variables: Record<string, string>): Promise<unknown[]> {
  const own = await createDatabase();
  const server = await startServer({ ...OPEN, ...variables, DATABASE_URL: own.url });
  const key = /dakkio_a_[0-9A-Za-z]{36}/.exec(server.printed.stdout)?.[0] ?? '';
  const bucketId = await makeBucket({ call: server.call, adminKey: key } as TestApp);
  const ask = async (path: string, body?: object) => (await server.call('POST', path, { key, body })).body;
  const { dataSource } = await ask(`/api/buckets/${bucketId}/sources`, { name: 'a', schema: SCHEMA });
  const rule = { bucketId, dataSourceId: dataSource._id, name: 'a', condition: 'temperature > 30' };
  const deliveries: unknown[] = [];
  for (const webhookUrl of urls) {
    const { alertRule } = await ask('/api/alerts', { ...rule, webhookUrl });
    deliveries.push((await ask(`/api/alerts/${alertRule._id}/test`)).delivery);
  }
  expect(await stopProgram(server)).toBe(0);
  await own.remove();
  return deliveries;
}

it('posts by https to whom the certificate names, whichever of its addresses answers', async () => {
  const byAddress = receiver.url.replace('localhost', '127.0.0.1');
  const [byName, byOther] = await deliveriesTo([`${receiver.url}/hook`, `${byAddress}/hook`], {
    NODE_EXTRA_CA_CERTS: AUTHORITY_FILE,
  });
  expect(byName).toMatchObject({ delivered: true, responseStatus: 204, error: null });
  expect(receiver.received).toMatchObject([
    { path: '/hook', servername: 'localhost', headers: { host: receiver.url.replace('https://', '') } },
  ]);
  expect(byOther).toMatchObject({
    delivered: false,
    responseStatus: null,
    error: 'The certificate or the encryption failed: ERR_TLS_CERT_ALTNAME_INVALID',
  });
});

it('sends nothing to a receiver whose certificate is not trusted', async () => {
  const before = receiver.received.length;
  const [delivery] = await deliveriesTo([receiver.url], {});
  expect(delivery).toMatchObject({
    delivered: false,
    error: expect.stringMatching(/^The certificate or the encryption failed: UNABLE_TO/),
  });
  expect(receiver.received).toHaveLength(before);
});
