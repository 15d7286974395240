import type { ChartSeries } from '../../chart/series';
import { laterPlaces, type Period } from './earlier';
import type { Aggregation } from './explorer-state';
import { withGaps } from './gaps';

type Values = readonly (number | null)[];

/** One data source of an answer in columns. */
export interface SourceColumns {
  readonly dataSourceId: string;
  readonly timestamps: readonly number[];
  readonly values: Readonly<Record<string, Values | Readonly<Record<string, Values>>>>;
}

export interface Charted {
  readonly _id: string;
  readonly name: string;
  readonly schema: Readonly<Record<string, { readonly type: string; readonly unit?: string | undefined }>>;
}

interface Shape {
  readonly sources: readonly Charted[];
  /** Undefined: all. */
  readonly fields: readonly string[] | undefined;
  readonly aggregation: Aggregation;
  readonly stepMillis: number;
  /** The answer is of the period before: its times are moved, and its lines are pale. */
  readonly compare?: { readonly period: Period; readonly zone: string } | undefined;
}

/** The numbers of data sources, in the order of their schemas. */
export function numbersOf({ schema }: Pick<Charted, 'schema'>): string[] {
  return Object.keys(schema).filter((name) => schema[name]?.type === 'number');
}

/** A series for each number of each data source. A series keeps its color, whichever others are shown. */
export function seriesOf(entries: readonly SourceColumns[], shape: Shape): ChartSeries[] {
  const { sources, fields } = shape;
  const byId = new Map(entries.map((entry) => [entry.dataSourceId, entry]));
  return sources
    .flatMap((source) => numbersOf(source).map((field) => ({ source, field })))
    .map((one, color) => ({ ...one, color }))
    .filter(({ field }) => !fields || fields.includes(field))
    .flatMap(({ source, field, color }) => {
      const entry = byId.get(source._id);
      return entry?.values[field] ? [oneSeries({ source, field, color, entry, shape })] : [];
    });
}

interface One {
  readonly source: Charted;
  readonly field: string;
  readonly color: number;
  readonly entry: SourceColumns;
  readonly shape: Shape;
}

function oneSeries({ source, field, color, entry, shape }: One): ChartSeries {
  const { compare, aggregation, sources, stepMillis } = shape;
  const column = entry.values[field] ?? [];
  const lists = 'avg' in column ? [column.avg, column.min, column.max] : [column as Values];
  const places = compare
    ? laterPlaces(entry.timestamps, compare.period, compare.zone)
    : entry.timestamps.map((time, place) => ({ place, time }));
  // A field that another one has points between is not silent: rows without its value are left out.
  const known = places.filter(({ place }) => typeof lists[0]?.[place] === 'number');
  const { times, columns } = withGaps(
    {
      times: known.map(({ time }) => time),
      columns: lists.map((list) => known.map(({ place }) => list?.[place] ?? null)),
    },
    stepMillis,
  );
  const [values = [], low, high] = columns;
  const name = sources.length > 1 ? `${source.name}: ${field}` : field;
  return {
    id: `${source._id} ${field}${compare ? ' before' : ''}`,
    label: compare ? `${name}, a ${compare.period} before` : name,
    unit: aggregation === 'count' ? 'points' : source.schema[field]?.unit,
    times,
    values,
    ...(low && high && !compare && { low, high }),
    color,
    ...(compare && { isDimmed: true }),
  };
}
