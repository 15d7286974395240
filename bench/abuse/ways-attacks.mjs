// Attacks by the other ways in: MQTT, line protocol, InfluxQL and CSV.
import { Buffer } from 'node:buffer';
import { gzipSync } from 'node:zlib';
import { flood, halfPackets, publication, sendUntilClosed, subscription } from './mqtt-traffic.mjs';
import { MILLIS } from './requests.mjs';
import { ask } from './traffic.mjs';

const MEGABYTE = 1_048_576;
const PINGS = Buffer.alloc(65_536, Buffer.from([0xc0, 0]));
const LINES_BYTES = 25 * MEGABYTE;
/** Nearly as long as a pattern may be. */
const ALTERNATIVES = Array.from({ length: 150 }, (_, index) => `${index}*b?`).map((one) => one.padStart(4, '0'));
const GZIP = { 'Content-Encoding': 'gzip' };

/** The same as `ATTACKS`. */
export const WAYS_ATTACKS = [
  {
    name: 'MQTT: PINGREQ without end, 8 connections',
    key: 'Write',
    run: (target) => flood(target, PINGS, { connections: 8, millis: MILLIS }),
  },
  {
    name: 'MQTT: the same on 2,000 connections',
    key: 'Write',
    run: (target) => flood(target, PINGS, { connections: 2000, millis: MILLIS }),
  },
  {
    name: 'MQTT: PINGREQ without end, answers not read, 500 connections',
    key: 'Write',
    run: (target) => flood(target, PINGS, { connections: 500, millis: MILLIS, reads: false }),
  },
  {
    name: 'MQTT: SUBSCRIBE with 1,000 topics without end, 8 connections',
    key: 'Write',
    run: (target) => flood(target, subscription(1000), { connections: 8, millis: MILLIS }),
  },
  {
    name: 'MQTT: SUBSCRIBE with 200,000 topics, 8 connections',
    key: 'Write',
    run: (target) => sendUntilClosed(target, subscription(200_000), { connections: 8, millis: MILLIS }),
  },
  {
    name: 'MQTT: half messages of 1 MB, 500 connections',
    key: 'Write',
    run: (target) =>
      halfPackets(target, publication('half', 'x'.repeat(MEGABYTE - 100)).subarray(0, -1), {
        connections: 500,
        millis: MILLIS,
      }),
  },
  {
    name: 'MQTT: half messages of 16 kB, 2,000 connections',
    key: 'Write',
    run: (target) =>
      halfPackets(target, publication('half', 'x'.repeat(16_000)).subarray(0, -1), {
        connections: 2000,
        millis: MILLIS,
      }),
  },
  {
    name: 'MQTT: 1 MB of lines as one message without end, 8 connections',
    key: 'Write',
    run: (target) => flood(target, publication('lines', lines(28_000)), { connections: 8, millis: MILLIS }),
  },
  {
    name: 'MQTT: 1 MB of empty objects as one message without end, 8 connections',
    key: 'Write',
    run: (target) =>
      flood(target, publication('json', `{"a":[${'{},'.repeat(330_000)}{}]}`), { connections: 8, millis: MILLIS }),
  },
  {
    name: 'MQTT: 1 MB of equals signs as one message without end, 8 connections',
    key: 'Write',
    run: (target) =>
      flood(target, publication('equals', '='.repeat(MEGABYTE - 100)), { connections: 8, millis: MILLIS }),
  },
  {
    name: 'lines: 25 MB of tiny lines, 8 connections',
    key: 'Write',
    run: (target) => writes(target, Buffer.alloc(LINES_BYTES, 'a v=1\n'), 8),
  },
  {
    name: 'lines: 25 MB of lines that cannot be read, 8 connections',
    key: 'Write',
    run: (target) => writes(target, Buffer.alloc(LINES_BYTES, 'a\n'), 8),
  },
  {
    name: 'lines: 25 MB of lines of 1 MB, 8 connections',
    key: 'Write',
    run: (target) =>
      writes(target, Buffer.alloc(LINES_BYTES, `a t="${'x'.repeat(60_000)}"${',t="x"'.repeat(150_000)}\n`), 8),
  },
  {
    name: 'lines: 1 GB of tiny lines as 1 MB of gzip, 8 connections',
    key: 'Write',
    run: (target) => writes(target, bombOf('\n', 1000), 8, GZIP),
  },
  {
    name: 'InfluxQL: SHOW SERIES over 20,000 sources, 8 connections',
    key: 'Read',
    run: (target) => influxQueries(target, 8, 'SHOW SERIES'),
  },
  {
    name: 'InfluxQL: 100 statements over 20,000 sources, 8 connections',
    key: 'Read',
    run: (target) => influxQueries(target, 8, 'SELECT last(v) FROM /./ GROUP BY *;'.repeat(100)),
  },
  {
    name: 'InfluxQL: a long regular expression over 20,000 sources, 8 connections',
    key: 'Read',
    run: (target) => influxQueries(target, 8, `SHOW SERIES WHERE id =~ /${ALTERNATIVES.join('|')}$/`),
  },
  {
    name: 'CSV: one cell of 25 MB, 8 connections',
    key: 'Write',
    run: (target) => csvUploads(target, 8, `timestamp,temperature\n"${'x'.repeat(25 * MEGABYTE)}`),
  },
  {
    name: 'CSV: 25 MB of rows without values, 8 connections',
    key: 'Write',
    run: (target) => csvUploads(target, 8, `timestamp,temperature\n${',\n'.repeat(12 * MEGABYTE)}`),
  },
  {
    name: 'CSV: 500 MB of rows without values as 0.5 MB of gzip, 8 connections',
    key: 'Write',
    run: (target) =>
      csvUploads(target, 8, Buffer.concat([gzipSync('timestamp,temperature\n'), bombOf(',\n', 500)]), GZIP),
  },
];

/** So many megabytes of a text, as a gzip file of as many members. */
function bombOf(text, megabytes) {
  return Buffer.concat(Array(megabytes).fill(gzipSync(Buffer.alloc(1_000_000, text))));
}

function lines(count) {
  const first = 1_700_000_000_000;
  return Array.from({ length: count }, (_, index) => `a,t=${index % 10} v=1 ${first + index}000000`).join('\n');
}

function writes({ server, bucketId, writeKey }, body, connections, headers = {}) {
  const request = {
    method: 'POST',
    path: `/api/v2/write?bucket=${bucketId}`,
    headers: { Authorization: `Token ${writeKey}`, ...headers },
    body,
  };
  return ask(server.port, () => request, { connections, millis: MILLIS });
}

function csvUploads({ server, sourceId, writeKey }, connections, body, more = {}) {
  const path = `/api/data/csv?dataSourceId=${sourceId}`;
  const headers = { 'X-API-Key': writeKey, 'Content-Type': 'text/csv', ...more };
  const request = { method: 'POST', path, headers, body };
  return ask(server.port, () => request, { connections, millis: MILLIS });
}

function influxQueries({ server, many }, connections, text) {
  const request = {
    method: 'POST',
    path: `/query?db=${many.bucketId}`,
    headers: { Authorization: `Token ${many.readKey}`, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: `q=${encodeURIComponent(text)}`,
  };
  return ask(server.port, () => request, { connections, millis: MILLIS });
}
