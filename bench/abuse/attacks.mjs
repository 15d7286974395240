// The attacks, each with what it needs: no key, a Read key or a Write key.
import { Buffer } from 'node:buffer';
import { gzipSync } from 'node:zlib';
import { requestText } from '../support/load.mjs';
import {
  JSON_TYPE,
  MILLIS,
  RANGE,
  rawQuery,
  wideQuery,
  queries,
  gets,
  posts,
  spelling,
  metadataBatch,
} from './requests.mjs';
import { ask, holdOpen, pipelineAndReset, writeWithoutReading } from './traffic.mjs';

const UI = requestText('GET', '/docs/swagger-ui-init.js');
const GZIP = { ...JSON_TYPE, 'Content-Encoding': 'gzip' };
const LIMIT_BYTES = 4_194_304;

/** `run` attacks a target of `makeTarget`, and gives how the server answered. */
export const ATTACKS = [
  {
    name: '1,500 requests for the API page on one connection, read after 4 s',
    key: 'none',
    run: ({ server }) => writeWithoutReading(server.port, UI.repeat(1500), { millis: MILLIS }),
  },
  {
    name: 'the same on 100 connections',
    key: 'none',
    run: ({ server }) => writeWithoutReading(server.port, UI.repeat(1500), { connections: 100, millis: MILLIS }),
  },
  {
    name: '250 queries of 10,000 points on one connection, read after 4 s',
    key: 'Read',
    run: (target) =>
      writeWithoutReading(target.server.port, target.query(rawQuery(target.sourceId, 10_000)).repeat(250), {
        millis: MILLIS,
      }),
  },
  {
    name: '20 responses of 10 MB, read after 4 s',
    key: 'Read',
    run: (target) =>
      writeWithoutReading(target.server.port, target.query(rawQuery(target.texts, 10_000)), {
        connections: 20,
        millis: MILLIS,
      }),
  },
  {
    name: 'streams, exports and bodies behind a stream on one connection, then a reset, 8 at a time',
    key: 'Read',
    run: (target) => {
      const headers = { 'X-API-Key': target.readKey };
      const stream = requestText('GET', '/api/data/stream', { headers });
      const pipeline = stream.repeat(16) + requestText('GET', '/api/data/export', { headers }).repeat(15);
      return pipelineAndReset(target.server.port, pipeline, { connections: 8, millis: MILLIS, after: stream });
    },
  },
  {
    name: 'streams of a field that no source has, 8 connections',
    key: 'Read',
    run: (target) => gets(target, 8, '/api/data/stream?fields=nothing'),
  },
  {
    name: 'the API document as YAML, 32 connections',
    key: 'none',
    run: ({ server }) =>
      ask(server.port, () => ({ method: 'GET', path: '/docs-yaml' }), { connections: 32, millis: MILLIS }),
  },
  {
    name: '900 parameters in the query string, 32 connections',
    key: 'Read',
    run: (target) =>
      gets(target, 32, `/api/sources?${Array.from({ length: 900 }, (_, at) => `a${at}[b]=1`).join('&')}`),
  },
  {
    name: '100 fields × 11 aggregations × 99,000 minutes, filled, one row',
    key: 'Read',
    run: (target) => queries(target, 4, () => wideQuery(target)),
  },
  {
    name: '100 queries at once, medians of each minute',
    key: 'Read',
    run: (target) =>
      queries(target, 100, () => ({
        filters: { dataSourceId: target.sourceId, ...RANGE },
        aggregation: ['median', 'p95', 'p99'],
        groupBy: 'minute',
      })),
  },
  {
    name: '2,000 points of 600 sources, 8 connections',
    key: 'Read',
    run: (target) => queries(target, 8, () => ({ filters: { limit: 2000 }, downsampling: false })),
  },
  {
    name: 'newest points of 600 sources with 100 fields, 8 connections',
    key: 'Read',
    run: (target) => gets(target, 8, `/api/data/latest?bucketId=${target.bucketId}`),
  },
  {
    name: 'the newest value of each field of 600 sources, 8 connections',
    key: 'Read',
    run: (target) => gets(target, 8, `/api/data/latest?bucketId=${target.bucketId}&mode=fields`),
  },
  {
    name: 'each minute of 99,000 filled with `previous`, 100 fields, 8 connections',
    key: 'Read',
    run: (target) => queries(target, 8, () => ({ ...wideQuery(target), fill: 'previous' })),
  },
  {
    name: 'lists of 600 sources with 100 fields, 8 connections',
    key: 'Read',
    run: (target) => gets(target, 8, `/api/buckets/${target.bucketId}/sources?limit=1000`),
  },
  {
    name: 'a time zone in a new spelling each time, 8 connections',
    key: 'Read',
    run: (target) =>
      queries(target, 8, (index) => ({
        filters: { dataSourceId: target.sourceId, limit: 1 },
        groupBy: 'day',
        aggregation: 'avg',
        timezone: spelling(index),
      })),
  },
  {
    name: 'two million brackets as 4 kB of gzip, 8 connections',
    key: 'Read',
    run: (target) => {
      const body = gzipSync(Buffer.from(`[${'[],'.repeat(1_000_000)}[]]`));
      return posts(target, 8, { path: '/api/data/query', headers: GZIP, body, key: target.readKey });
    },
  },
  {
    name: '4 MiB of empty members, 8 connections',
    key: 'Write',
    run: (target) => {
      const body = `{"a":[${'{"":0},'.repeat(Math.floor(LIMIT_BYTES / 7) - 4)}0]}`;
      return posts(target, 8, { path: '/api/data/batch', headers: JSON_TYPE, body, key: target.writeKey });
    },
  },
  {
    name: '4 MiB of integers beyond 2^53, 8 connections',
    key: 'Write',
    run: (target) => {
      const body = `{"dataPoints":[${'9007199254740993,'.repeat(Math.floor(LIMIT_BYTES / 17) - 4)}0]}`;
      return posts(target, 8, { path: '/api/data/batch', headers: JSON_TYPE, body, key: target.writeKey });
    },
  },
  {
    name: '1 GB of zeros as 1 MB of gzip, 8 connections',
    key: 'Write',
    run: (target) => {
      const body = gzipSync(Buffer.alloc(1_000_000_000));
      return posts(target, 8, { path: '/api/data/batch', headers: GZIP, body, key: target.writeKey });
    },
  },
  {
    name: 'incomplete bodies of 4 MiB, 300 connections',
    key: 'Write',
    run: ({ server, writeKey }) => {
      const head = requestText('POST', '/api/data/batch', {
        headers: { 'X-API-Key': writeKey, ...JSON_TYPE, 'Content-Length': String(LIMIT_BYTES) },
      });
      return holdOpen(server.port, head + ' '.repeat(LIMIT_BYTES - 1), { connections: 300, millis: MILLIS });
    },
  },
  {
    name: 'bodies that continue after the error response, 300 connections',
    key: 'none',
    run: ({ server }) => {
      const head = requestText('POST', '/api/data/batch', {
        headers: { ...JSON_TYPE, 'Content-Length': String(LIMIT_BYTES) },
      });
      return holdOpen(server.port, head + ' '.repeat(LIMIT_BYTES - 1), { connections: 300, millis: MILLIS });
    },
  },
  {
    name: 'new metadata with each point, batches of 1,000, 8 connections',
    key: 'Write',
    run: (target) =>
      ask(
        target.server.port,
        (index) => ({
          method: 'POST',
          path: '/api/data/batch',
          headers: { 'X-API-Key': target.writeKey, ...JSON_TYPE },
          body: metadataBatch(target, index),
        }),
        { connections: 8, millis: MILLIS },
      ),
  },
  {
    name: '1,000 alert rules that fire and resolve in turn, one connection',
    key: 'Write',
    run: (target) => {
      const headers = { ...JSON_TYPE, 'X-API-Key': target.writeKey };
      const start = Date.now() - 20 * 3_600_000;
      const requestAt = (index) => ({
        method: 'POST',
        path: '/api/data',
        headers,
        body: JSON.stringify({
          dataSourceId: target.watched,
          // The cooldown is over each time.
          timestamp: start + index * 120_000,
          values: { level: 2 * ((index + 1) % 2) },
        }),
      });
      return ask(target.server.port, requestAt, { connections: 1, millis: MILLIS });
    },
  },
  {
    name: 'batches of 250 points that make 1,000 rules fire and resolve in turn, one connection',
    key: 'Write',
    run: (target) => {
      const start = Date.now() - 20 * 3_600_000;
      const requestAt = (index) => ({
        method: 'POST',
        path: '/api/data/batch',
        headers: { ...JSON_TYPE, 'X-API-Key': target.writeKey },
        body: JSON.stringify({
          dataPoints: Array.from({ length: 250 }, (_, place) => ({
            dataSourceId: target.watched,
            // The cooldown is over each time.
            timestamp: start + (index * 250 + place) * 61_000,
            values: { level: 2 * (place % 2) },
          })),
        }),
      });
      return ask(target.server.port, requestAt, { connections: 1, millis: MILLIS });
    },
  },
  {
    name: 'rejected requests, each for a different path, 32 connections',
    key: 'Read',
    run: (target) =>
      ask(
        target.server.port,
        (index) => ({
          method: 'DELETE',
          path: `/api/buckets/${index.toString(16).padStart(24, '0')}`,
          headers: { 'X-API-Key': target.readKey },
        }),
        { connections: 32, millis: MILLIS },
      ),
  },
  {
    name: 'keys that do not exist, 32 connections',
    key: 'none',
    run: (target) =>
      ask(
        target.server.port,
        () => ({ method: 'GET', path: '/api/keys/self', headers: { 'X-API-Key': `dakkio_r_${'0'.repeat(36)}` } }),
        { connections: 32, millis: MILLIS },
      ),
  },
  {
    name: '3,000 idle connections',
    key: 'none',
    run: ({ server }) => holdOpen(server.port, '', { connections: 3000, millis: MILLIS }),
  },
  {
    name: '3,000 incomplete request headers',
    key: 'none',
    run: ({ server }) => holdOpen(server.port, 'GET / HTTP/1.1\r\nHost: a\r\n', { connections: 3000, millis: MILLIS }),
  },
];
