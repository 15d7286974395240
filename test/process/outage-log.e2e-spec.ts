// npm test leaves this out: it starts a process for each case.
// test:all runs this on PostgreSQL too: each database reports an outage in its own way.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { DeliveryLeases } from '../../src/webhooks/delivery-leases';
import { OutageLog } from '../../src/common/outage-log';
import { Writer } from '../../src/database/writer';
import { startAlertScene } from '../support/alerts';
import { startReceiver } from '../support/receiver';
import { createDatabase, ON_POSTGRES, startApp } from '../support/test-app';
import { until } from '../support/until';

/** A way to a PostgreSQL server that can be closed, as if that were stopped, and opened again. */
async function openGate(url: string) {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const pass = (incoming: Socket) => {
    const onward = connect(Number(target.port), target.hostname);
    for (const [one, other] of [
      [incoming, onward],
      [onward, incoming],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy()).on('close', () => (sockets.delete(one), other.destroy()));
      one.pipe(other);
    }
  };
  let server: Server | undefined;
  const open = async (port = 0) => {
    server = createServer(pass).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const close = async () => {
    const closed = once(server as Server, 'close');
    server?.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const port = await open();
  return { url: Object.assign(new URL(url), { port: String(port) }).href, close, reopen: () => open(port) };
}

const lines = (logs: readonly string[]) =>
  logs
    .map((line) => JSON.parse(line) as { level: string; context: string; message: string })
    .filter(({ level, message }) => level !== 'log' || message.includes('database'));

(ON_POSTGRES ? it : it.skip)(
  'has two lines of a database that is away for seconds, and sends the alerts of that time afterwards',
  async () => {
    const database = await createDatabase();
    const gate = await openGate(database.url);
    const receiver = await startReceiver();
    const scene = await startAlertScene(
      receiver,
      { DAKKIO_WEBHOOK_ALLOW: '127.0.0.0/8' },
      { ...database, url: gate.url },
    );
    await scene.makeRule('temperature > 40');
    // Another instance, which stores points all the time and delivers nothing.
    const other = await startApp({ DAKKIO_WEBHOOK_ALLOW: '127.0.0.0/8' }, database);
    jest.spyOn(other.app.get(DeliveryLeases), 'acquire').mockResolvedValue({ leases: [], mayBeMore: false });
    // The log of a process is that of its last application.
    const { logs } = other;
    const before = logs.length;

    await gate.close();
    const body = { dataSourceId: scene.sourceId, values: { temperature: 41 } };
    expect((await other.call('POST', '/api/data', { key: scene.writeKey, body })).status).toBe(201);
    for (let second = 0; second < 4; second += 1) {
      const answers = await Promise.all([1, 2, 3].map(() => scene.send({ temperature: 42 })));
      expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    expect(lines(logs.slice(before))).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/^The database cannot be used: it does not answer/) }),
    ]);
    await gate.reopen();

    expect((await receiver.waitFor(1)).body).toMatchObject({ event: 'alert.triggered' });
    await until('the log has it', () => logs.some((line) => line.includes('can be used again')));
    const said = lines(logs.slice(before));
    expect(said).toHaveLength(2);
    expect(said[1]?.message).toMatch(
      /^The database can be used again after \d+ s: 12 requests and ([5-9]|\d\d) background steps failed$/,
    );
    jest.restoreAllMocks();
    await scene.app.stop();
    await other.stop();
    await receiver.close();
    await gate.close();
    await database.remove();
  },
);

it('counts the requests that fail by a full disk in one outage, which a write that succeeds ends', async () => {
  const server = await startApp();
  const before = server.logs.length;
  const full = Object.assign(new Error('database or disk is full'), { code: ON_POSTGRES ? '53100' : 'SQLITE_FULL' });
  const write = jest.spyOn(server.app.get(Writer), 'write').mockRejectedValue(full);
  for (let index = 0; index < 20; index += 1) {
    const { status } = await server.call('POST', '/api/buckets', { key: server.adminKey, body: { name: 'x' } });
    expect(status).toBe(507);
  }
  const start = [expect.stringMatching(/^The database cannot be used: its disk is full \(database or disk is full\)/)];
  expect(lines(server.logs.slice(before)).map(({ message }) => message)).toEqual(start);
  write.mockRestore();
  const outages = server.app.get(OutageLog);
  const now = performance.now.bind(performance);
  jest.spyOn(performance, 'now').mockImplementation(() => now() + 10_000);
  outages.worked();
  jest.restoreAllMocks();
  expect(lines(server.logs.slice(before)).map(({ message }) => message)).toEqual([
    ...start,
    expect.stringMatching(/^The database can be used again after \d+ s: 20 requests and \d+ background steps? failed$/),
  ]);
  await server.stop();
});
