// Attacks with points of many data sources, many fields or many streams, and with queries over all of them.
import { connect } from 'node:net';
import { requestText } from '../support/load.mjs';
import { JSON_TYPE, MILLIS, RANGE, posts, queries } from './requests.mjs';
import { FIELDS, FIRST_MILLIS, WIDE_SOURCES } from './target.mjs';
import { ask } from './traffic.mjs';

const STREAMS = 500;
/** The start of a rollup window without points. */
const WINDOW_MILLIS = FIRST_MILLIS + 900_000 * 1111;
const DENSE_POINTS = 100_000;

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
    name: 'late points of 600 sources beside invalid ones, 8 connections',
    key: 'Write',
    run: (target) => {
      const pointAt = (index) => [target.wide[index % WIDE_SOURCES], { [index % 3 ? 'field0' : 'fields']: index }];
      return batches(target, pointAt, {
        path: '/api/data/batch?partial=true',
        timeAt: (_, batch) => FIRST_MILLIS + batch,
      });
    },
  },
  {
    name: 'points of 1,000 quarters of an hour are replaced, 8 connections',
    key: 'Write',
    run: (target) => {
      const pointAt = (index, batch) => [target.sourceId, { temperature: index + batch }];
      return batches(target, pointAt, { timeAt: (index) => FIRST_MILLIS + index * 600_000 });
    },
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
    name: 'batches of 1,000 points with 100 fields, each in its own quarter of an hour, 8 connections',
    key: 'Write',
    run: (target) => {
      const values = Object.fromEntries(Array.from({ length: FIELDS }, (_, index) => [`field${index}`, index]));
      const everyMillis = 900_000;
      return batches(target, (index, batch) => [target.wide[batch % WIDE_SOURCES], values], { everyMillis });
    },
  },
  {
    name: 'a point of 100,000 in one quarter of an hour is replaced, 8 connections',
    key: 'Write',
    run: async (target) => {
      await fillWindow(target);
      return batches(target, (index, batch) => [target.sourceId, { temperature: batch }], {
        points: 1,
        everyMillis: 0,
      });
    },
  },
  {
    name: 'deletion of 100,000 points in one quarter of an hour',
    key: 'Admin',
    run: async (target) => {
      await fillWindow(target);
      const { server, bucketId, sourceId: dataSourceId, adminKey } = target;
      const range = {
        startTime: new Date(WINDOW_MILLIS).toISOString(),
        endTime: new Date(WINDOW_MILLIS + 99_990).toISOString(),
      };
      const body = JSON.stringify({ bucketId, dataSourceId, ...range });
      const headers = { ...JSON_TYPE, 'X-API-Key': adminKey };
      const requestAt = () => ({ method: 'DELETE', path: '/api/data', headers, body });
      return ask(server.port, requestAt, { connections: 1, millis: MILLIS });
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

/** Stores many points in one rollup window. */
async function fillWindow({ server, bucketId, sourceId, writeKey }) {
  const headers = { ...JSON_TYPE, 'X-API-Key': writeKey };
  const requestAt = (batch) => {
    if (batch >= DENSE_POINTS / 1000) return undefined;
    const dataPoints = Array.from({ length: 1000 }, (_, index) => ({
      dataSourceId: sourceId,
      values: { temperature: index },
      timestamp: WINDOW_MILLIS + batch * 1000 + index,
    }));
    return { method: 'POST', path: '/api/data/batch', headers, body: JSON.stringify({ bucketId, dataPoints }) };
  };
  await ask(server.port, requestAt, { connections: 2, millis: 30_000 });
}

function series(count, lineAt) {
  return Array.from({ length: count }, (_, index) => lineAt(index)).join('\n');
}

function writeLines({ server, bucketId, writeKey }, bodyAt) {
  const path = `/api/v2/write?bucket=${bucketId}&org=any`;
  const headers = { Authorization: `Token ${writeKey}` };
  const requestAt = (index) => ({ method: 'POST', path, headers, body: bodyAt(index) });
  return ask(server.port, requestAt, { connections: 8, millis: MILLIS });
}

/**
 * @param pointAt its place in the batch, and the batch → the data source and the values
 * @param more how far apart its points are, or the same two → the time of a point
 */
function batches({ server, bucketId, writeKey }, pointAt, more = {}) {
  const { points = 1000, everyMillis = 1, path = '/api/data/batch' } = more;
  const { timeAt = (index, batch) => WINDOW_MILLIS + (batch * points + index) * everyMillis } = more;
  const requestAt = (batch) => {
    const dataPoints = Array.from({ length: points }, (_, index) => {
      const [dataSourceId, values] = pointAt(index, batch);
      return { dataSourceId, values, timestamp: timeAt(index, batch) };
    });
    const headers = { ...JSON_TYPE, 'X-API-Key': writeKey };
    return { method: 'POST', path, headers, body: JSON.stringify({ bucketId, dataPoints }) };
  };
  return ask(server.port, requestAt, { connections: 8, millis: MILLIS });
}
