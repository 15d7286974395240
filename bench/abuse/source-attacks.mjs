// Attacks with points of many data sources, many fields or many streams, and with queries over all of them.
import { connect } from 'node:net';
import { requestText } from '../support/load.mjs';
import { JSON_TYPE, MILLIS, RANGE, posts, queries } from './requests.mjs';
import { FIELDS, FIRST_MILLIS, WIDE_SOURCES } from './target.mjs';
import { ask } from './traffic.mjs';

const STREAMS = 500;

/** The same as `ATTACKS`. */
export const SOURCE_ATTACKS = [
  {
    name: 'lines: 2,000 new series in each body, 8 connections',
    key: 'Write',
    run: (target) => writeLines(target, (body) => series(2000, (index) => `new,id=${body}-${index} v=1`)),
  },
  {
    name: 'lines: a value of each of 1,000 series, 8 connections',
    key: 'Write',
    run: (target) => writeLines(target, (body) => series(1000, (index) => `known,id=${index} v=${body}`)),
  },
  {
    name: 'batches of 1,000 points of 600 sources, 8 connections',
    key: 'Write',
    run: (target) => batches(target, (index) => [target.wide[index % WIDE_SOURCES], { field0: index }]),
  },
  {
    name: 'batches of 1,000 points with 100 fields, 8 connections',
    key: 'Write',
    run: (target) => {
      const values = Object.fromEntries(Array.from({ length: FIELDS }, (_, index) => [`field${index}`, index]));
      return batches(target, (index, batch) => [target.wide[batch % WIDE_SOURCES], values]);
    },
  },
  {
    name: 'CSV: 50,000 rows of one value, 8 connections',
    key: 'Write',
    run: (target) => {
      const rows = Array.from({ length: 50_000 }, (_, index) => `${FIRST_MILLIS + index},${index % 40}`);
      return posts(target, 8, {
        path: `/api/data/csv?dataSourceId=${target.sourceId}`,
        headers: { 'Content-Type': 'text/csv' },
        body: `timestamp,temperature\n${rows.join('\n')}`,
        key: target.writeKey,
      });
    },
  },
  {
    name: 'batches of 1,000 points, read by 500 streams, 8 connections',
    key: 'Write and Read',
    run: async (target) => {
      const request = requestText('GET', '/api/data/stream', { headers: { 'X-API-Key': target.readKey } });
      const sockets = Array.from({ length: STREAMS }, () => {
        const socket = connect({ port: target.server.port, host: '127.0.0.1' });
        socket.on('error', () => {}).resume();
        socket.write(request);
        return socket;
      });
      const outcomes = await batches(target, (index) => [target.sourceId, { temperature: index }]);
      for (const socket of sockets) socket.destroy();
      return outcomes;
    },
  },
  {
    name: 'medians of each hour of all sources, 16 connections',
    key: 'Read',
    run: (target) =>
      queries(target, 16, () => ({ filters: RANGE, aggregation: ['median', 'first', 'last'], groupBy: 'hour' })),
  },
];

function series(count, lineAt) {
  return Array.from({ length: count }, (_, index) => lineAt(index)).join('\n');
}

function writeLines({ server, bucketId, writeKey }, bodyAt) {
  const path = `/api/v2/write?bucket=${bucketId}&org=any`;
  const headers = { Authorization: `Token ${writeKey}` };
  const requestAt = (index) => ({ method: 'POST', path, headers, body: bodyAt(index) });
  return ask(server.port, requestAt, { connections: 8, millis: MILLIS });
}

/** @param pointAt its place in the batch, and the batch → the data source and the values */
function batches({ server, bucketId, writeKey }, pointAt) {
  const requestAt = (batch) => {
    const dataPoints = Array.from({ length: 1000 }, (_, index) => {
      const [dataSourceId, values] = pointAt(index, batch);
      return { dataSourceId, values, timestamp: FIRST_MILLIS + 1e9 + batch * 1000 + index };
    });
    const headers = { ...JSON_TYPE, 'X-API-Key': writeKey };
    return { method: 'POST', path: '/api/data/batch', headers, body: JSON.stringify({ bucketId, dataPoints }) };
  };
  return ask(server.port, requestAt, { connections: 8, millis: MILLIS });
}
