// Attacks by bodies in tiny chunks, and by reads that name a field, a data source or a function many times.
import { connect } from 'node:net';
import { requestText } from '../support/load.mjs';
import { JSON_TYPE, MILLIS, posts } from './requests.mjs';
import { ask, writeWithoutEnd } from './traffic.mjs';

const STREAMS = 500;
const TINY_CHUNKS = '1\r\n \r\n'.repeat(10_000);

function chunked(target, path, key) {
  const head =
    `POST ${path} HTTP/1.1\r\nHost: a\r\n${key ? `X-API-Key: ${key}\r\n` : ''}` +
    'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
  return writeWithoutEnd(target.server.port, head, TINY_CHUNKS, { connections: 100, millis: MILLIS });
}

function influxql(target, connections, statement, parameters = '') {
  return posts(target, connections, {
    path: `/query?db=${target.bucketId}${parameters}`,
    key: target.readKey,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    // Shorter than with each comma encoded: a form may have 64 KiB.
    body: `q=${statement.replaceAll(' ', '+')}`,
  });
}

function times(count, part) {
  return Array(count).fill(part).join(',');
}

/** The same as `ATTACKS`. */
export const READ_ATTACKS = [
  {
    name: 'bodies of chunks of one byte, 100 connections',
    key: 'none',
    run: (target) => chunked(target, '/api/data/query'),
  },
  {
    name: 'bodies of chunks of one byte with a key, 100 connections',
    key: 'Read',
    run: (target) => chunked(target, '/api/data/query', target.readKey),
  },
  {
    name: 'InfluxQL: 3,000 columns of 100,000 rows in one chunk',
    key: 'Read',
    run: (target) =>
      influxql(target, 1, `SELECT ${times(1000, '*')} FROM "Climate"`, '&chunked=true&chunk_size=100000'),
  },
  {
    name: 'InfluxQL: 32,000 columns and a syntax error, 8 connections',
    key: 'Read',
    run: (target) => influxql(target, 8, `SELECT ${times(32_000, 'a')} FROM m; x`),
  },
  {
    name: 'InfluxQL: 12,000 comments, 200 connections',
    key: 'Read',
    run: (target) => influxql(target, 200, `SELECT /*${'*/ /*'.repeat(12_000)} `),
  },
  {
    name: 'InfluxQL: 3,000 columns of one row',
    key: 'Read',
    run: (target) => influxql(target, 1, `SELECT ${times(1000, '*')} FROM "Climate" LIMIT 1`),
  },
  {
    name: 'InfluxQL: 900 moving averages over 100,000 rows',
    key: 'Read',
    run: (target) => influxql(target, 1, `SELECT ${times(900, 'moving_average(temperature,100000)')} FROM "Climate"`),
  },
  {
    name: 'batches of 1,000 points, read by 500 streams with different filters',
    key: 'Write and Read',
    run: async (target) => {
      const headers = { 'X-API-Key': target.readKey };
      const sockets = target.wide.slice(0, STREAMS).map((other) => {
        const socket = connect({ port: target.server.port, host: '127.0.0.1' });
        socket.on('error', () => {}).resume();
        const path = `/api/data/stream?dataSourceId=${target.sourceId}&dataSourceId=${other}`;
        socket.write(requestText('GET', path, { headers }));
        return socket;
      });
      const headersOfBatch = { 'X-API-Key': target.writeKey, ...JSON_TYPE };
      const batchAt = (batch) => ({
        method: 'POST',
        path: '/api/data/batch',
        headers: headersOfBatch,
        body: body(batch),
      });
      const body = (batch) =>
        JSON.stringify({
          dataPoints: Array.from({ length: 1000 }, (_, index) => ({
            dataSourceId: target.sourceId,
            timestamp: Date.UTC(2025, 0, 1) + index,
            values: { temperature: batch },
          })),
        });
      const outcomes = await ask(target.server.port, batchAt, { connections: 1, millis: MILLIS });
      for (const socket of sockets) socket.destroy();
      return outcomes;
    },
  },
  {
    name: 'alert rules of misspelt words are parsed, 32 connections',
    key: 'Read',
    run: (target) =>
      posts(target, 32, {
        path: '/api/alerts/parse',
        key: target.readKey,
        headers: JSON_TYPE,
        body: JSON.stringify({ dataSourceId: target.wide[0], condition: 'fiedl '.repeat(83) }),
      }),
  },
];
