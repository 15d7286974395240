import type { IngestSource } from '../sources/ingest-source';
import type { Schema } from '../sources/schema';
import type { IngestRequest } from './ingest-request';
import { checkedEarly, EarlyChecks, LEAST_LONG_SOURCES, LEAST_LONG_VALUES, openedEarly } from './early-checks';
import { OpenSources } from './open-sources';
import type { SentPoint } from './point-check';
import { PointError } from './point-error';

const FIELDS = 100;
const NAMES = Array.from({ length: FIELDS }, (_, slot) => `f${slot}`);
const WIDE: Schema = NAMES.map((name, slot) => ({ name, type: 'number', slot }));
const VALUES = Object.fromEntries(NAMES.map((name, index) => [name, index]));

function rowOf(id: string, schema = WIDE, bucketId = 'b'): IngestSource {
  return {
    ...{ id, number: 1, bucketId, schema: JSON.stringify(schema), status: 'active', watchVersion: 0 },
    ...{ metadataCount: 0, nextMetadata: 1, metadataVersion: 0, metadataStamp: 0 },
  };
}

function pointOf(index: number, dataSourceId: string, values: SentPoint['values'] = VALUES): SentPoint {
  return { index, dataSourceId, values, at: index, metadata: null };
}

function requestOf(points: readonly SentPoint[], line = 'l'): IngestRequest {
  const key = { organizationId: 'o', bucketId: 'b', dataSourceId: null, writeOnly: false };
  return { key, bucketId: 'b', line, points, pathOf: () => [], partial: false };
}

/** A request whose check takes long. */
function longRequest(id: string, line?: string): IngestRequest {
  return requestOf(
    Array.from({ length: LEAST_LONG_VALUES / FIELDS }, (_, index) => pointOf(index, id)),
    line,
  );
}

function checksOf(rows: readonly IngestSource[]) {
  const reads: string[][] = [];
  const sources = new OpenSources();
  const checks = new EarlyChecks(sources, (ids) => {
    reads.push([...ids]);
    return Promise.resolve(rows.filter(({ id }) => ids.includes(id)));
  });
  return { checks, sources, reads };
}

it('checks many values before the transaction, and gives the same results as within it', async () => {
  const { checks, sources, reads } = checksOf([rowOf('s')]);
  const { points } = longRequest('s');
  const sent = [...points, pointOf(points.length, 's', { f0: 'text' })];
  const checked = await checks.check(requestOf(sent));
  expect(reads).toEqual([['s']]);
  const source = sources.open(rowOf('s'));
  expect(checked && openedEarly(checked, rowOf('s'))).toBe(source);
  for (const [place, point] of sent.entries())
    expect(checked && checkedEarly(checked, place, source)).toEqual(source.check(point));
  expect(checked && checkedEarly(checked, points.length, source)).toBeInstanceOf(PointError);
});

it('counts a long text as many values', () => {
  const textsOf = (characters: number) =>
    requestOf(Array.from({ length: 1000 }, (_, index) => pointOf(index, 's', { text: 'x'.repeat(characters) })));
  const { checks } = checksOf([]);
  expect(checks.check(textsOf(10))).toBeUndefined();
  expect(checks.check(textsOf(1000))).toBeDefined();
});

it('does not read a schema that is in memory', async () => {
  const { checks, sources, reads } = checksOf([rowOf('s')]);
  const source = sources.open(rowOf('s'));
  const checked = await checks.check(longRequest('s'));
  expect(reads).toEqual([]);
  expect(checked && checkedEarly(checked, 0, source)).toBeDefined();
});

it('forgets the results of a data source whose schema has changed since', async () => {
  const { checks, sources } = checksOf([rowOf('s')]);
  const checked = await checks.check(longRequest('s'));
  const changed = rowOf('s', WIDE.slice(1));
  expect(checked && openedEarly(checked, changed)).toBeUndefined();
  expect(checked && checkedEarly(checked, 0, sources.open(changed))).toBeUndefined();
});

it('opens no data source of another bucket, nor one that does not exist', async () => {
  const { checks, sources } = checksOf([rowOf('foreign', WIDE, 'other')]);
  const [foreign, absent] = await Promise.all([
    checks.check(longRequest('foreign', 'a')),
    checks.check(longRequest('absent', 'b')),
  ]);
  expect([...(foreign?.early?.sources ?? []), ...(absent?.early?.sources ?? [])]).toEqual([]);
  expect([sources.inMemory('foreign'), sources.inMemory('absent')]).toEqual([undefined, undefined]);
});

it('reads the schemas of many data sources, a few at a time', async () => {
  const ids = Array.from({ length: LEAST_LONG_SOURCES }, (_, index) => `s${index}`);
  const { checks, reads } = checksOf(ids.map((id) => rowOf(id)));
  const checked = await checks.check(requestOf(ids.map((id, index) => pointOf(index, id, { f0: 1 }))));
  expect(checked?.early?.sources.size).toBe(LEAST_LONG_SOURCES);
  expect(reads.flat()).toEqual(ids);
  expect(Math.max(...reads.map(({ length }) => length))).toBeLessThan(LEAST_LONG_SOURCES);
});

it('lets short requests pass, but not before a long one of the same line', async () => {
  const { checks, sources } = checksOf([rowOf('s')]);
  sources.open(rowOf('s'));
  const short = (line: string) => requestOf([pointOf(0, 's')], line);
  expect(checks.check(short('a'))).toBeUndefined();
  const order: string[] = [];
  const long = checks.check(longRequest('s', 'a'))?.then(() => order.push('long'));
  const behind = checks.check(short('a'))?.then((request) => order.push(request.early ? 'checked' : 'short'));
  expect(checks.check(short('b'))).toBeUndefined();
  expect(checks.size).toBe(2);
  await Promise.all([long, behind]);
  expect(order).toEqual(['long', 'short']);
  expect(checks.size).toBe(0);
  expect(checks.check(short('a'))).toBeUndefined();
});

it('fails alone if schemas cannot be read', async () => {
  const failure = new Error('no connection');
  const checks = new EarlyChecks(new OpenSources(), () => Promise.reject(failure));
  const long = checks.check(longRequest('s'));
  const behind = checks.check(requestOf([pointOf(0, 's')]));
  await expect(long).rejects.toBe(failure);
  await expect(behind).resolves.toMatchObject({ points: [{ dataSourceId: 's' }] });
  expect(checks.size).toBe(0);
});
