// The requests that attacks send, and the ways to send many of them.
import { ask } from './traffic.mjs';
import { FIRST_MILLIS, MINUTES } from './target.mjs';

export const EVERY_AGGREGATION = [
  'avg',
  'min',
  'max',
  'sum',
  'count',
  'first',
  'last',
  'median',
  'p95',
  'p99',
  'stddev',
];
export const JSON_TYPE = { 'Content-Type': 'application/json' };
export const RANGE = {
  startTime: new Date(FIRST_MILLIS).toISOString(),
  endTime: new Date(FIRST_MILLIS + MINUTES * 60_000).toISOString(),
};
/** How long an attack lasts. */
export const MILLIS = 4000;

export function rawQuery(dataSourceId, limit) {
  return { filters: { dataSourceId, limit }, downsampling: false };
}

export function wideQuery({ wide }) {
  return {
    filters: { dataSourceId: wide[0], ...RANGE, limit: 1 },
    aggregation: EVERY_AGGREGATION,
    groupBy: 'minute',
    fill: 'linear',
  };
}

export function queries(target, connections, bodyAt) {
  const headers = { 'X-API-Key': target.readKey, ...JSON_TYPE };
  const requestAt = (index) => ({
    method: 'POST',
    path: '/api/data/query',
    headers,
    body: JSON.stringify(bodyAt(index)),
  });
  return ask(target.server.port, requestAt, { connections, millis: MILLIS });
}

export function gets({ server, readKey }, connections, path) {
  return ask(server.port, () => ({ method: 'GET', path, headers: { 'X-API-Key': readKey } }), {
    connections,
    millis: MILLIS,
  });
}

export function posts({ server }, connections, { path, headers, body, key }) {
  const request = { method: 'POST', path, headers: { ...headers, 'X-API-Key': key }, body };
  return ask(server.port, () => request, { connections, millis: MILLIS });
}

/** `Europe/Berlin` with other letters capital each time. */
export function spelling(index) {
  return [...'europe/berlin'].map((letter, at) => ((index >> at) & 1 ? letter.toUpperCase() : letter)).join('');
}

export function metadataBatch({ sourceId }, batch) {
  const point = (index) => ({
    dataSourceId: sourceId,
    timestamp: FIRST_MILLIS + batch * 1000 + index,
    values: { temperature: 1 },
    metadata: { device: `${batch}-${index}` },
  });
  return JSON.stringify({ dataPoints: Array.from({ length: 1000 }, (_, index) => point(index)) });
}
