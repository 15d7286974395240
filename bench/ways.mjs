// `npm run bench:ways`: the ways in and out beside JSON, each beside the program that people use for it otherwise.
import { ensureBuilt, say } from '../scripts/ready.mjs';

ensureBuilt();
const { readOptions } = await import('./support/options.mjs');
const { publish } = await import('./support/report.mjs');
const { versionOf } = await import('./support/peers.mjs');
const { lineProtocol } = await import('./ways/line-protocol.mjs');
const { typescriptClient } = await import('./ways/client.mjs');
const { influxQL } = await import('./ways/influxql.mjs');
const { exported } = await import('./ways/export.mjs');
const { mqttMessages } = await import('./ways/mqtt.mjs');

const { seconds, rounds, points, write } = readOptions({ points: '10000000' });
const lines = await lineProtocol({ seconds, rounds, tell: say });
if (lines.length === 1) say('influxd is not installed: lines are stored beside nothing');
const mqtt = await mqttMessages({ seconds, rounds, tell: say });
const queries = await influxQL({ seconds, rounds, tell: say });
const file = await exported({ points, tell: say });
if (mqtt === '') say('mosquitto is not installed: MQTT is left out');
const client = await typescriptClient({ seconds, rounds, tell: say });
publish({
  script: 'bench:ways',
  about:
    `Medians of ${rounds} rounds of ${seconds} s, after a warm-up round, both sides in turn. Lines: three fields of ten devices, once a second; InfluxDB ${versionOf('influxdb')} syncs each write before it answers, as dakkio does. MQTT: each client publishes an object ` +
    `of two numbers to a topic of its own and keeps to its number of messages without an acknowledgement. mosquitto ${versionOf('mosquitto')} ` +
    'has persistence on: it keeps the messages in memory for a subscriber that is away, and saves them every 30 minutes. dakkio acknowledges them ' +
    'when they are on disk. InfluxQL: one connection; the query API answers with the same means. Export: one data source, read once. ' +
    'The TypeScript client and fetch send the same batches of JSON, compressed with gzip. Clients and servers share the machine.',
  parts: [...lines, queries, file, mqtt, ...client].filter((part) => part !== ''),
  packages: ['mqtt-packet', 'better-sqlite3'],
  write,
});
