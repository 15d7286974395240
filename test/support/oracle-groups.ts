import { aggregate, filledSeries, groupStart, type PointModel, type ModelPoint } from './point-model';
import { type Ask, HOUR, type QueryCase, SCHEMA, filtersOf, near } from './oracle-cases';

/** Compares groups, without `fill`. */
export async function askGrouped(
  call: Ask,
  model: PointModel,
  ids: readonly string[],
  asked: QueryCase,
): Promise<void> {
  const { range, sources, metadata, groupBy, zone, aggregations, fields } = asked;
  const { status, body } = await call('POST', '/api/data/query', {
    filters: { ...filtersOf(ids, asked), limit: 10_000, ...(fields && { fields }) },
    aggregation: aggregations,
    groupBy,
    timezone: zone,
  });
  if (groupBy === '90s' || groupBy === 'minute') {
    // So small a step over half a year exceeds the limit of one query.
    if ((range[1] - range[0]) / 60_000 > 40_000) return;
  }
  expect([status, body.error]).toEqual([200, undefined]);
  const groups = new Map<string, { at: number; source: number; points: ModelPoint[] }>();
  for (const point of model.raw(sources, range, metadata)) {
    if (fields && !fields.some((name) => name in point.values)) continue;
    const at = groupStart(point.at, groupBy, zone);
    const name = `${String(at).padStart(14, '0')} ${point.source}`;
    const group = groups.get(name) ?? { at, source: point.source, points: [] };
    group.points.push(point);
    groups.set(name, group);
  }
  const expected = [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, { at, source, points }]) => ({
      timestamp: new Date(at).toISOString(),
      dataSourceId: ids[source],
      values: valuesOf(points, aggregations, fields),
      count: points.length,
    }));
  expect(body.data).toEqual(expected);
}

function valuesOf(
  points: readonly ModelPoint[],
  aggregations: readonly string[],
  fields: readonly string[] = Object.keys(SCHEMA),
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [field, type] of Object.entries(SCHEMA)) {
    if (!fields.includes(field)) continue;
    const fitting = aggregations.filter((one) => type === 'number' || ['count', 'first', 'last'].includes(one));
    const given = points.flatMap((point) => point.values[field] ?? []);
    if (fitting.length === 0 || given.length === 0) continue;
    const results = fitting.map((one): [string, unknown] => [one, near(one, aggregate(one, given))]);
    values[field] = aggregations.length === 1 ? results[0]?.[1] : Object.fromEntries(results);
  }
  return values;
}

const FILLED_BY = ['6h', '7h', 'day', 'week'];
const ROLLUP_WINDOW = 900_000;

/** Compares groups with `fill`. */
export async function askFilled(call: Ask, model: PointModel, ids: readonly string[], asked: QueryCase): Promise<void> {
  const { range, sources, metadata, zone, fill } = asked;
  const [from, to] = range;
  // The model would be slow over half a year.
  if (to - from > 60 * 24 * HOUR) return;
  for (const groupBy of FILLED_BY) {
    const { body } = await call('POST', '/api/data/query', {
      filters: { ...filtersOf(ids, asked), limit: 10_000 },
      aggregation: 'avg',
      groupBy,
      timezone: zone,
      fill,
    });
    const starts = new Set<number>();
    // In all time zones, days and their parts begin on a 15-minute boundary.
    for (let at = from; at < to; at = (Math.floor(at / ROLLUP_WINDOW) + 1) * ROLLUP_WINDOW)
      starts.add(groupStart(at, groupBy, zone));
    const rows = sources.flatMap((source) => {
      const points = model.raw([source], range, metadata);
      const groups = [...starts].map((at) => points.filter((one) => groupStart(one.at, groupBy, zone) === at));
      const series = Object.entries(SCHEMA).flatMap(([field, type]): [string, unknown[]][] => {
        if (type !== 'number') return [];
        const earlier = model
          .raw([source], [0, from], metadata)
          .filter(({ values }) => field in values)
          .map((one) => ({ ...one, start: groupStart(one.at, groupBy, zone) }));
        const before = earlier.filter(({ start }) => start === earlier.at(-1)?.start);
        const lastBefore =
          before.length === 0
            ? null
            : aggregate(
                'avg',
                before.flatMap(({ values }) => values[field] ?? []),
              );
        const holes = groups.map((group) => {
          const given = group.flatMap(({ values }) => values[field] ?? []);
          return given.length === 0 ? undefined : aggregate('avg', given);
        });
        return [
          [
            field,
            filledSeries(holes, [...starts], fill, lastBefore).map((value) =>
              fill === 'linear' ? near('stddev', value) : value,
            ),
          ],
        ];
      });
      return [...starts].map((at, index) => ({
        timestamp: new Date(at).toISOString(),
        dataSourceId: ids[source],
        values: Object.fromEntries(series.map(([field, values]) => [field, values[index]])),
        count: groups[index]?.length,
      }));
    });
    expect(body.data).toEqual(
      [...rows].sort((one, other) => (one.timestamp < other.timestamp ? -1 : one.timestamp > other.timestamp ? 1 : 0)),
    );
  }
}
