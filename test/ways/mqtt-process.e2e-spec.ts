// npm test leaves this out: it starts processes with TLS and kills them.
import { copyFileSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { CertificateFiles } from '../../src/mqtt/listeners';
import { makeBucket, makeKey } from '../support/make';
import { RawClient } from '../support/mqtt-raw';
import { runProgram, startServer, stopProgram, type RunningServer } from '../support/process';
import { repetitions } from '../support/repetitions';
import { createDatabase, type TestApp, type TestDatabase } from '../support/test-app';

const ROUNDS = repetitions(3, 7);
const TLS = join(__dirname, '..', 'support', 'tls');
const ANNOUNCED = /MQTT listens on port (\d+)/;

let database: TestDatabase;
let adminKey = '';
let key = '';
let reader = '';
beforeAll(async () => (database = await createDatabase()));
afterAll(() => database.remove());

interface MqttProcess extends RunningServer {
  readonly mqttPort: number;
}

async function start(environment: Record<string, string> = { DAKKIO_MQTT_PORT: '0' }): Promise<MqttProcess> {
  const server = await startServer({ DATABASE_URL: database.url, ...environment });
  const text = server.printed.stderr + server.printed.stdout;
  if (adminKey === '') {
    adminKey = /dakkio_a_[0-9A-Za-z]{36}/.exec(text)?.[0] ?? '';
    const app = { call: server.call, adminKey } as TestApp;
    const bucketId = await makeBucket(app);
    key = (await makeKey(app, bucketId, 'write')).key;
    reader = (await makeKey(app, bucketId, 'read')).key;
  }
  return { ...server, mqttPort: Number(ANNOUNCED.exec(text)?.[1]) };
}

async function valuesOf(server: RunningServer, name: string): Promise<number[]> {
  const { body } = await server.call('GET', '/api/sources', { key: adminKey });
  const source = body.dataSources.find((one: { name: string }) => one.name === name);
  if (!source) return [];
  const filters = { dataSourceId: source._id, limit: 10_000, sort: 'asc' };
  const read = await server.call('POST', '/api/data/query', { key: reader, body: { downsampling: false, filters } });
  return read.body.data.map(({ values }: { values: { value: number } }) => values.value);
}

it(`loses nothing that it has acknowledged when killed ${ROUNDS} times between acknowledgements`, async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const server = await start();
    const client = await RawClient.open(server.mqttPort);
    await client.connect(key, { clientId: `killed ${round}` });
    const acknowledged: number[] = [];
    let sent = 0;
    const more = () => {
      sent += 1;
      client.publish(sent, `kill/${round}`, String(sent), { qos: sent % 3 === 0 ? 2 : 1 });
    };
    for (let count = 0; count < 60; count++) more();
    for (let packet = await client.next(); packet; packet = await client.next()) {
      acknowledged.push(packet.messageId);
      if (acknowledged.length === 100 + round * 37) server.child.kill('SIGKILL');
      if (sent < 60_000) more();
    }
    await server.ended;
    const again = await start();
    const stored = await valuesOf(again, `kill/${round}`);
    expect(acknowledged.length).toBeGreaterThan(99);
    expect(stored).toEqual(expect.arrayContaining(acknowledged));
    expect(new Set(stored).size).toBe(stored.length);
    await stopProgram(again);
  }
}, 300_000);

it('stops after the commits under way, and says so to clients of MQTT 5', async () => {
  const server = await start();
  const client = await RawClient.open(server.mqttPort, 5);
  await client.connect(key, { clientId: 'stopped', will: { topic: 'stop/will', payload: 'Offline' } });
  for (let id = 1; id <= 60; id++) client.publish(id, 'stop', String(id));
  await client.next();
  const stopped = stopProgram(server);
  const packets = [];
  for (let packet = await client.next(); packet; packet = await client.next()) packets.push(packet);
  expect(await stopped).toBe(0);
  expect(packets.at(-1)).toMatchObject({ cmd: 'disconnect', reasonCode: 0x8b });
  const acknowledged = packets.filter(({ cmd }) => cmd === 'puback').map(({ messageId }) => messageId);
  const again = await start();
  expect(await valuesOf(again, 'stop')).toEqual([1, ...acknowledged]);
  expect(await valuesOf(again, 'stop/will')).toEqual([]);
  await stopProgram(again);
});

it('takes MQTT with TLS, and refuses to start without a usable certificate or a free port', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dakkio-tls-'));
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  copyFileSync(join(TLS, 'cert.pem'), certFile);
  copyFileSync(join(TLS, 'key.pem'), keyFile);
  const files = { DAKKIO_MQTT_CERT_FILE: certFile, DAKKIO_MQTT_KEY_FILE: keyFile, DAKKIO_MQTTS_PORT: '0' };
  const server = await start(files);
  const client = await connectAsync(`mqtts://localhost:${server.mqttPort}`, {
    ...{ host: '127.0.0.1', servername: 'localhost', username: 'any', password: key },
    ca: readFileSync(join(TLS, 'ca.pem')),
  });
  // Reading stops and goes on with so many.
  const sent = Array.from({ length: 1000 }, (_, index) => index);
  await Promise.all(sent.map((value) => client.publishAsync('tls', String(value), { qos: 1 })));
  await client.endAsync();
  expect(await valuesOf(server, 'tls')).toEqual(sent);
  const watched = new CertificateFiles({ port: 0, certFile, keyFile });
  expect(watched.changed()).toBeUndefined();
  utimesSync(certFile, new Date(), new Date(Date.now() + 5000));
  expect(watched.changed()).toEqual({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
  expect(watched.changed()).toBeUndefined();
  const base = { DATABASE_URL: `sqlite:${join(folder, 'other.db')}`, PORT: '0', HOST: '127.0.0.1' };
  const refusalOf = async (environment: Record<string, string>) =>
    (await runProgram('main.js', [], { ...base, ...environment }).ended).stderr;
  expect(await refusalOf({ DAKKIO_MQTT_PORT: String(server.mqttPort) })).toContain(
    `Cannot start: Port ${server.mqttPort} of 127.0.0.1 is in use: stop the program that uses it, or set another port: DAKKIO_MQTT_PORT`,
  );
  writeFileSync(certFile, 'damaged');
  utimesSync(certFile, new Date(), new Date());
  expect(await refusalOf(files)).toContain(
    'Cannot start: DAKKIO_MQTT_CERT_FILE and DAKKIO_MQTT_KEY_FILE cannot be used',
  );
  expect(await refusalOf({ DAKKIO_MQTT_CERT_FILE: certFile })).toContain('must be set together');
  expect(server.child.exitCode).toBeNull();
  await stopProgram(server);
});
