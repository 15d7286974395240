// Messages of QoS 1 from 100 clients, beside mosquitto with persistence.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ask } from '../support/ask.mjs';
import { startWithBucket } from '../support/dakkio.mjs';
import { temporaryFolder } from '../support/databases.mjs';
import { cpuSeconds } from '../support/processes.mjs';
import { comparison } from '../support/report.mjs';
import { measureInTurn } from '../support/statistics.mjs';
import { freePort, hasBroker, startBroker } from './broker.mjs';

const CLIENTS = 100;
const KINDS = [
  ['One message on its way for each client', 1],
  ['20 messages on their way for each client', 20],
];

/** The part of the report; empty where mosquitto is not installed. */
export async function mqttMessages({ seconds, rounds, tell }) {
  if (!hasBroker()) return '';
  const port = await freePort();
  const dakkio = await startWithBucket(join(temporaryFolder(), 'mqtt.db'), { DAKKIO_MQTT_PORT: String(port) });
  const [key] = await dakkio.make([{ name: 'Devices', type: 'write' }]);
  const broker = await startBroker();
  const rows = [];
  for (const [what, inflight] of KINDS) {
    const ours = startPublishers();
    const theirs = startPublishers();
    await ask(theirs, { subscribe: { port: broker.port } });
    await ask(ours, { open: { port, key, count: CLIENTS, inflight } });
    await ask(theirs, { open: { port: broker.port, key: 'any', count: CLIENTS, inflight } });
    const measured = await measureInTurn(
      { dakkio: sender(ours, dakkio.server.pid, seconds), mosquitto: sender(theirs, broker.pid, seconds) },
      rounds,
      tell,
    );
    rows.push({ what, ours: measured.dakkio, theirs: measured.mosquitto });
    for (const child of [ours, theirs]) {
      await ask(child, { close: true });
      child.disconnect();
    }
  }
  await dakkio.server.stop();
  await broker.stop();
  return comparison(`MQTT, QoS 1, ${CLIENTS} clients, messages`, ['dakkio', 'mosquitto'], rows);
}

function startPublishers() {
  return fork(fileURLToPath(new URL('./publisher-process.mjs', import.meta.url)));
}

function sender(child, pid, seconds) {
  return async () => {
    const before = cpuSeconds(pid);
    const { answered, seconds: took } = await ask(child, { seconds });
    return { perSecond: answered / took, answered, cpuSeconds: cpuSeconds(pid) - before };
  };
}
