// npm test leaves this out: it starts servers again and again.
import { LOOPBACK_OPEN, SCHEMA } from '../support/alerts';
import { useLastingScene, withMovedClock } from '../support/lasting-scene';
import { makeBucket, makeKey } from '../support/make';
import { startServer, stopProgram } from '../support/process';
import { answering, startReceiver } from '../support/receiver';
import { MINUTE } from '../support/rules';
import type { TestApp } from '../support/test-app';

const lasting = useLastingScene();

const KILLS = 5;
const SOURCES = 10;

it(`delivers exactly the alerts of acknowledged points when killed ${KILLS} times before delivery`, async () => {
  const { environment, moveClock, remove } = withMovedClock({ ...LOOPBACK_OPEN, DATABASE_URL: lasting.database.url });
  // No receiver listens, so nothing is delivered before the kill.
  const { port, url } = lasting.receiver;
  await lasting.receiver.close();
  let server = await startServer(environment);
  const adminKey = /dakkio_a_[0-9A-Za-z]{36}/.exec(server.printed.stdout)?.[0] ?? '';
  const bucketId = await makeBucket({ call: server.call, adminKey } as TestApp);
  const callAdmin = (method: string, path: string, body?: object) => server.call(method, path, { key: adminKey, body });
  const inAll = { answered: 0, lost: 0 };
  for (let round = 0; round < KILLS; round++) {
    const alerts = new Map<string, string>();
    for (let index = 0; index < SOURCES; index++) {
      const made = await callAdmin('POST', `/api/buckets/${bucketId}/sources`, { name: 'S', schema: { n: 'number' } });
      const dataSourceId = made.body.dataSource._id as string;
      const rule = { bucketId, dataSourceId, name: 'R', condition: 'n > 1', webhookUrl: `${url}/` };
      alerts.set(dataSourceId, (await callAdmin('POST', '/api/alerts', rule)).body.alertRule._id as string);
    }
    const answered = new Set<string>();
    const send = async (sourceIds: readonly string[]) => {
      for (const dataSourceId of sourceIds) {
        const { status } = await callAdmin('POST', '/api/data', { bucketId, dataSourceId, values: { n: 2 } });
        expect(status).toBe(201);
        answered.add(dataSourceId);
        if (answered.size === 1 + round) server.child.kill('SIGKILL');
      }
    };
    const ids = [...alerts.keys()];
    await Promise.allSettled([send(ids.slice(0, SOURCES / 2)), send(ids.slice(SOURCES / 2))]);
    await server.ended;
    lasting.receiveWith(await startReceiver(port));
    moveClock((round + 1) * MINUTE);
    server = await startServer(environment);
    const triggered: string[] = [];
    for (const [dataSourceId, alertId] of alerts) {
      const { state } = (await callAdmin('GET', `/api/alerts/${alertId}`)).body.alertRule as { state: string };
      const { stats } = (await callAdmin('GET', `/api/buckets/${bucketId}/sources/${dataSourceId}`)).body.dataSource;
      expect(state).toBe(stats.dataPointCount === 1 ? 'triggered' : 'ok');
      if (state === 'triggered') triggered.push(alertId);
      if (answered.has(dataSourceId)) expect(state).toBe('triggered');
    }
    await lasting.receiver.waitFor(triggered.length);
    expect(lasting.receiver.received.map(({ body }) => body.data.alertId as string).sort()).toEqual(triggered.sort());
    inAll.answered += answered.size;
    inAll.lost += SOURCES - triggered.length;
    await lasting.receiver.close();
  }
  expect(await stopProgram(server)).toBe(0);
  remove();
  // Otherwise no kill hit the critical moment.
  expect(Math.min(inAll.answered, inAll.lost)).toBeGreaterThan(0);
  lasting.receiveWith(await startReceiver());
});

it('repeats an unconfirmed delivery after a kill, with the same id', async () => {
  const { environment, moveClock, remove } = withMovedClock({ ...LOOPBACK_OPEN, DATABASE_URL: lasting.database.url });
  // The receiver never answers: the server is killed during the attempt.
  lasting.receiver.behave(() => undefined);
  const server = await startServer(environment);
  const adminKey = /dakkio_a_[0-9A-Za-z]{36}/.exec(server.printed.stdout)?.[0] ?? '';
  const app = { call: server.call, adminKey } as TestApp;
  const bucketId = await makeBucket(app);
  const { key } = await makeKey(app, bucketId, 'write');
  const made = await server.call('POST', `/api/buckets/${bucketId}/sources`, {
    key,
    body: { name: 'a', schema: SCHEMA },
  });
  const dataSourceId = made.body.dataSource._id as string;
  const rule = { dataSourceId, name: 'a', condition: 'temperature > 30', webhookUrl: `${lasting.receiver.url}/` };
  expect((await server.call('POST', '/api/alerts', { key, body: rule })).status).toBe(201);
  expect(
    (await server.call('POST', '/api/data', { key, body: { dataSourceId, values: { temperature: 31 } } })).status,
  ).toBe(201);
  const first = await lasting.receiver.waitFor(1);
  server.child.kill('SIGKILL');
  await server.ended;
  lasting.receiver.behave(answering(204));
  moveClock(MINUTE);
  const next = await startServer(environment);
  const second = await lasting.receiver.waitFor(2);
  expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
  expect(second.text).toBe(first.text);
  expect(await stopProgram(next)).toBe(0);
  remove();
});
