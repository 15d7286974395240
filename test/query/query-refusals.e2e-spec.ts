// test:all leaves PostgreSQL out: what is read and refused is the same on each database.
import { makeKey } from '../support/make';
import { ABSENT_ID, refused, seen } from '../support/refusals';
import { evenly, iso, QueryScene } from '../support/query-scene';
import type { TestApp } from '../support/test-app';

const MINUTE = 60_000;

let server: TestApp;
let bucketId: string;
let sourceId: string;
const { call, ask, store, makeSource } = QueryScene.use((scene) => ({ server, bucketId, sourceId } = scene));

describe('an invalid query', () => {
  const invalid = (message: string, ...path: string[]) => ({
    status: 400,
    body: {
      error: 'Validation Error',
      message,
      ...(path.length > 1 && { details: [{ path: ['body', ...path], message }] }),
    },
  });
  const AGGREGATION =
    'aggregation must be one of avg, min, max, sum, count, first, last, median, p95, p99, stddev, or a list of them';
  const GROUP = 'groupBy must be minute, hour, day, week, month, quarter or year, or a step such as 15m, 6h or 1d';
  const TIME =
    'startTime must be an RFC 3339 time with an offset, such as 2024-01-15T10:05:00Z, milliseconds since 1970, or now-24h';
  it.each([
    [{ filters: 'x' }, invalid('filters must be an object')],
    [{ filters: { startTime: 'x' } }, invalid(TIME, 'filters', 'startTime')],
    [{ filters: { startTime: true } }, invalid(TIME, 'filters', 'startTime')],
    [{ filters: { startTime: 7 } }, invalid('startTime looks like seconds; send milliseconds', 'filters', 'startTime')],
    [
      { filters: { startTime: iso(1000), endTime: iso(1000) } },
      invalid('startTime must be before endTime', 'filters', 'startTime'),
    ],
    [{ filters: { dataSourceId: 'x' } }, invalid('Invalid data source ID format', 'filters', 'dataSourceId')],
    [
      { filters: { dataSourceIds: [] } },
      invalid('dataSourceIds must be a list of 1 to 100 data source IDs', 'filters', 'dataSourceIds'),
    ],
    [
      { filters: { dataSourceId: ABSENT_ID, dataSourceIds: [ABSENT_ID] } },
      invalid('Give dataSourceId or dataSourceIds, not both', 'filters', 'dataSourceIds'),
    ],
    [{ filters: { fields: [] } }, invalid('fields must be a list of 1 to 100 field names', 'filters', 'fields')],
    [{ filters: { fields: ['pressure'] } }, invalid('The data source has no field pressure', 'filters', 'fields')],
    [{ filters: { limit: 10_001 } }, invalid('limit must be a whole number from 1 to 10000', 'filters', 'limit')],
    [{ filters: { offset: 100_001 } }, invalid('offset must be a whole number from 0 to 100000', 'filters', 'offset')],
    [{ filters: { sort: 'up' } }, invalid("sort must be 'asc' or 'desc'", 'filters', 'sort')],
    [{ filters: { cursor: 'x' } }, invalid('cursor must be what a reply gave as nextCursor', 'filters', 'cursor')],
    [
      { filters: { cursor: 'a.1.0' }, groupBy: 'hour' },
      invalid('cursor is for raw points: page through groups with offset', 'filters', 'cursor'),
    ],
    [{ filters: { colour: 1 } }, invalid('Unknown property: colour', 'filters', 'colour')],
    [{ aggregation: 'mode' }, invalid(AGGREGATION)],
    [{ aggregation: [] }, invalid(AGGREGATION)],
    [{ groupBy: 'fortnight' }, invalid(GROUP)],
    [{ groupBy: '0m' }, invalid(GROUP)],
    [{ groupBy: '25h' }, invalid(GROUP)],
    [{ timezone: 'Mars/Olympus' }, invalid('timezone must be an IANA time zone such as Europe/Berlin')],
    [{ fill: 'zero' }, invalid('fill must be one of none, null, previous, linear')],
    [{ fill: 'null' }, invalid('fill needs groupBy')],
    [
      { filters: { fields: ['note'] }, aggregation: 'avg' },
      invalid('note is not a number: only count, first and last are supported'),
    ],
  ])('is rejected: %j', async (body, refusal) => {
    await store(evenly(1, MINUTE));
    expect(seen(await ask(body))).toEqual(refusal);
  });

  it('is rejected for a bucket or a source that the key may not read', async () => {
    expect(seen(await ask({}, server.adminKey))).toEqual(refused(400, 'Validation Error', 'bucketId is required'));
    expect((await ask({ bucketId }, server.adminKey)).status).toBe(200);
    const foreign = refused(403, 'Forbidden', 'API key does not have access to this bucket');
    expect(seen(await ask({ bucketId: ABSENT_ID }))).toEqual(foreign);
    expect(seen(await ask({ filters: { dataSourceId: ABSENT_ID } }))).toEqual(
      refused(404, 'Not Found', 'Data source not found'),
    );
    const other = await makeSource();
    const bound = (await makeKey(server, bucketId, 'read', { dataSourceId: other })).key;
    await store(evenly(3, MINUTE));
    expect((await ask({}, bound)).body.data).toEqual([]);
    expect(seen(await ask({ filters: { dataSourceId: sourceId } }, bound))).toEqual(
      refused(403, 'Forbidden', 'API key does not have access to this data source'),
    );
    const writeOnly = (await makeKey(server, bucketId, 'write', { writeOnly: true })).key;
    for (const answer of [await ask({}, writeOnly), await call('GET', '/api/data/latest', undefined, writeOnly)])
      expect(seen(answer)).toEqual(refused(403, 'Forbidden', 'Write-only keys cannot read data'));
  });
});
