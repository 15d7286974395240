// npm test leaves this out: large answers.
import fc from 'fast-check';
import { DataSource, In } from 'typeorm';
import { IMMEDIATE_YIELD } from '../../src/common/http/yield';
import { Source } from '../../src/sources/source.entity';
import type { NumberSet } from '../../src/points/ascending-numbers';
import { MetadataDictionary } from '../../src/points/metadata';
import { PointStore } from '../../src/points/point-store';
import { AGGREGATIONS, fits, type Aggregation } from '../../src/query/aggregations';
import { MEMORY, type Memory } from '../../src/query/group-reader';
import { groupedRows, type GroupedOptions } from '../../src/query/grouped-rows';
import type { QueryRow } from '../../src/query/query-answer';
import { TimeBuckets, parseStep } from '../../src/query/time-steps';
import { makeBucket } from '../support/make';
import {
  aggregate,
  filledSeries,
  groupStart,
  PointModel,
  type ModelPoint,
  type ModelValue,
} from '../support/point-model';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';
import { HOUR, type Question, SCHEMA, START, STRAYS, question } from '../support/page-cases';

const ROLLUP_WINDOW = 900_000;
/** So little memory that most groups are read one by one, and a group with three values is too large for quantiles. */
const LITTLE: Memory = { chunkBytes: 3000, bufferedBytes: 500, values: 5 };
/** The same, but rows of one source are kept while another source is read. */
const SMALL_CHUNKS: Memory = { ...LITTLE, bufferedBytes: 1_000_000 };
/** Rows are dropped, but the neighbouring values for `fill` are kept. */
const FEW_ROWS: Memory = { chunkBytes: 20_000, bufferedBytes: 3000, values: 5 };
const MEMORIES = [MEMORY, LITTLE, SMALL_CHUNKS, FEW_ROWS];

let server: TestApp;
let sources: Source[];
const model = new PointModel();
beforeAll(async () => {
  server = await startApp();
  const bucketId = await makeBucket(server);
  const ids: string[] = [];
  for (const name of ['one', 'two', 'without points']) {
    const body = { name, schema: SCHEMA };
    const made = await server.call('POST', `/api/buckets/${bucketId}/sources`, { key: server.adminKey, body });
    ids.push(made.body.dataSource._id as string);
  }
  // Clusters with gaps, in which fields are missing for long periods.
  const points: ModelPoint[] = [];
  for (let index = 0; index < 160; index++) {
    const source = index % 3 === 0 ? 1 : 0;
    const at = START + Math.floor(index / 16) * 9 * HOUR + (index % 16) * 4 * 60_000 + (index % 5) * 1000;
    const values: Record<string, ModelValue> = {};
    if (index < 20 || index > 120) values.level = ((index * 37) % 101) / 8;
    if (index % 7 === 0) values.flow = index / 4;
    if (index % 11 === 0) values.door = index % 2 === 0;
    if (index % 50 === 1 || Object.keys(values).length === 0) values.note = `n${index}`;
    points.push({ source, at, values, metadata: index % 4 === 0 ? { device: 'a' } : null });
  }
  for (const [index, at] of STRAYS.entries())
    points.push({ source: 0, at, values: { flow: 10 + index, note: 'stray' }, metadata: { device: 'a' } });
  model.ingest(points);
  const dataPoints = points.map(({ source, at, ...more }) => ({ dataSourceId: ids[source], timestamp: at, ...more }));
  const sent = await server.call('POST', '/api/data/batch', { key: server.adminKey, body: { bucketId, dataPoints } });
  expect(sent.status).toBe(201);
  sources = await server.app.get(DataSource).manager.find(Source, { where: { id: In(ids) }, order: { number: 'ASC' } });
});
afterAll(() => server.stop());

/** The aggregate of the last group before the range that has values of a field. */
function lastBefore(
  earlier: readonly ModelPoint[],
  field: string,
  aggregation: Aggregation,
  startOf: (at: number) => number,
): ModelValue | null {
  const given = earlier.filter(({ values }) => field in values);
  for (let last = given.at(-1); last; last = given.at(-1)) {
    const start = startOf(last.at);
    const group = given.splice(given.findIndex(({ at }) => startOf(at) === start));
    const value = aggregate(
      aggregation,
      group.flatMap(({ values }) => values[field] ?? []),
    );
    if (value !== null) return value;
  }
  return null;
}

/** The whole answer, computed by a slow and simple model. */
function wholeAnswer(asked: Question): unknown[] {
  const { groupBy, zone, fill, aggregations, fields, range, metadata, sort, isNamed, visibleFrom } = asked;
  const startOf = (at: number) => (groupBy === undefined ? range[0] : groupStart(at, groupBy, zone));
  const starts = new Set<number>();
  if (fill !== 'none')
    for (let at = range[0]; at < range[1]; at = (Math.floor(at / ROLLUP_WINDOW) + 1) * ROLLUP_WINDOW)
      starts.add(startOf(at));
  for (const { at } of model.raw([0, 1], range, metadata)) starts.add(startOf(at));
  const sorted = [...starts].sort((one, other) => one - other);
  const rows = sources.flatMap((source, order) => {
    const counted = source.schema
      .filter((field) => fields.includes(field.name) && aggregations.some((one) => fits(field, one)))
      .map(({ name }) => name);
    if (isNamed && counted.length === 0) return [];
    const groups = sorted.map((start) =>
      model
        .raw([order], range, metadata)
        .filter(({ at, values }) => startOf(at) === start && (!isNamed || counted.some((name) => name in values))),
    );
    const series = source.schema
      .filter(({ name }) => fields.includes(name))
      .flatMap((field) =>
        aggregations
          .filter((one) => fits(field, one))
          .map((one) => {
            const holes = groups.map((points) => {
              const given = points.flatMap(({ values }) => values[field.name] ?? []);
              return given.length === 0 ? undefined : aggregate(one, given);
            });
            const hasLine = fill !== 'linear' || field.type === 'number';
            const earlier = model.raw([order], [visibleFrom, range[0]], metadata);
            const filled =
              one === 'count' || fill === 'none' || !hasLine
                ? holes.map((value) => value ?? (one === 'count' && fill !== 'none' ? 0 : value))
                : filledSeries(holes, sorted, fill, lastBefore(earlier, field.name, one, startOf));
            return { field: field.name, one, holes, filled };
          }),
      );
    return sorted.flatMap((start, index) => {
      if (fill === 'none' && groups[index]?.length === 0) return [];
      const values: Record<string, Record<string, unknown>> = {};
      for (const { field, one, filled } of series) (values[field] ??= {})[one] = near(filled[index] ?? null);
      const isEmpty = (name: string) =>
        series.every(({ field, holes }) => field !== name || holes[index] === undefined);
      const shown = Object.entries(values).filter(([name]) => fill !== 'none' || !isEmpty(name));
      return [
        {
          timestamp: new Date(start).toISOString(),
          dataSourceId: source.id,
          values: Object.fromEntries(
            shown.map(([name, given]) => [name, aggregations.length === 1 ? Object.values(given)[0] : given]),
          ),
          count: groups[index]?.length,
        },
      ];
    });
  });
  const direction = sort === 'asc' ? 1 : -1;
  return rows.sort((one, other) => direction * (Date.parse(one.timestamp) - Date.parse(other.timestamp)));
}

const near = (value: unknown) => (typeof value === 'number' ? (expect.closeTo(value, 9) as unknown) : value);

async function page(asked: Question, memory: Memory): Promise<{ rows: QueryRow[]; hasMore: boolean }> {
  const { manager } = server.app.get(DataSource);
  const metas = new Map<number, NumberSet>();
  const { metadata, fields, groupBy, zone, range } = asked;
  for (const { number } of metadata ? sources : [])
    metas.set(
      number,
      await server.app.get(MetadataDictionary).matching(manager, number, metadata ?? {}, IMMEDIATE_YIELD),
    );
  const wish: GroupedOptions = {
    ...asked,
    timeBuckets: new TimeBuckets(range, groupBy === undefined ? undefined : parseStep(groupBy), zone),
    sources: sources
      .map((source) => ({
        source,
        fields: source.schema.filter(
          (field) => fields.includes(field.name) && asked.aggregations.some((one) => fits(field, one)),
        ),
      }))
      .filter((one) => !asked.isNamed || one.fields.length > 0),
    metas: metadata && metas,
    automatic: false,
    yieldTurn: IMMEDIATE_YIELD,
    memory,
  };
  const rows: QueryRow[] = [];
  const made = groupedRows(manager, server.app.get(PointStore), wish);
  for (;;) {
    const next = await made.next();
    if (next.done) return { rows, hasMore: next.value.hasMore };
    rows.push(...next.value);
  }
}

it('every page is a slice of the whole answer, with any memory limit', async () => {
  const property = fc.asyncProperty(question, fc.constantFrom(...MEMORIES), async (asked, memory) => {
    const whole = wholeAnswer(asked);
    const { rows, hasMore } = await page(asked, memory);
    expect(rows).toEqual(whole.slice(asked.offset, asked.offset + asked.limit));
    expect(hasMore).toBe(whole.length > asked.offset + asked.limit);
  });
  await fc.assert(property, { numRuns: ON_POSTGRES ? 50 : 150, endOnFailure: true });
});

it('returns one row for each source without a step', async () => {
  const asked: Question = {
    groupBy: undefined,
    zone: 'UTC',
    fill: 'none',
    aggregations: AGGREGATIONS,
    fields: Object.keys(SCHEMA),
    range: [START, START + 90 * HOUR],
    metadata: undefined,
    sort: 'desc',
    offset: 0,
    limit: 10,
    isNamed: false,
    visibleFrom: 0,
  };
  const whole = wholeAnswer(asked);
  expect(whole).toHaveLength(2);
  for (const memory of MEMORIES) expect(await page(asked, memory)).toEqual({ rows: whole, hasMore: false });
  expect(await page({ ...asked, offset: 1, limit: 1 }, LITTLE)).toEqual({ rows: whole.slice(1), hasMore: false });
});
