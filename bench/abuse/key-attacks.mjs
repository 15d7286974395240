// Attacks on routes that are neither queries nor ingest: metrics, sessions, tickets, sign-in codes, exports and quiet imports.
import { requestText } from '../support/load.mjs';
import { JSON_TYPE, MILLIS, gets, posts } from './requests.mjs';
import { FIRST_MILLIS } from './target.mjs';
import { ask, writeWithoutReading } from './traffic.mjs';

const EMPTY = { headers: JSON_TYPE, body: '{}' };

/** The same as `ATTACKS`. */
export const KEY_ATTACKS = [
  {
    name: 'metrics, 32 connections',
    key: 'Admin',
    run: (target) => gets({ ...target, readKey: target.adminKey }, 32, '/metrics'),
  },
  {
    name: 'sessions, 32 connections',
    key: 'Read',
    run: (target) => posts(target, 32, { ...EMPTY, path: '/api/session', key: target.readKey }),
  },
  {
    name: 'tickets for streams, 32 connections',
    key: 'Read',
    run: (target) => posts(target, 32, { ...EMPTY, path: '/api/data/stream/tickets', key: target.readKey }),
  },
  {
    name: 'sign-in codes that do not exist, 32 connections',
    key: 'none',
    run: ({ server }) => {
      const codeAt = (index) => JSON.stringify({ code: `dakkio_c_${index.toString(16).padStart(40, '0')}` });
      const requestAt = (index) => ({
        method: 'POST',
        path: '/api/session/code',
        headers: JSON_TYPE,
        body: codeAt(index),
      });
      return ask(server.port, requestAt, { connections: 32, millis: MILLIS });
    },
  },
  {
    name: 'exports, read after 4 s, 300 connections',
    key: 'Read',
    run: ({ server, readKey }) => {
      const request = requestText('GET', '/api/data/export', { headers: { 'X-API-Key': readKey } });
      return writeWithoutReading(server.port, request, { connections: 300, millis: MILLIS });
    },
  },
  {
    name: 'quiet imports of 1,000 points, 8 connections',
    key: 'Admin',
    run: ({ server, adminKey, bucketId, sourceId }) =>
      ask(
        server.port,
        (batch) => ({
          method: 'POST',
          path: '/api/data/batch?quiet=true',
          headers: { ...JSON_TYPE, 'X-API-Key': adminKey },
          body: JSON.stringify({ bucketId, dataPoints: historyOf(sourceId, batch) }),
        }),
        { connections: 8, millis: MILLIS },
      ),
  },
];

function historyOf(dataSourceId, batch) {
  return Array.from({ length: 1000 }, (_, index) => ({
    dataSourceId,
    timestamp: FIRST_MILLIS - (batch * 1000 + index) * 1000,
    values: { temperature: index % 40 },
  }));
}
