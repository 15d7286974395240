import { onePage, type Cell, type Series } from './answer';
import { compareTexts, type Catalog, type Measurement } from './catalog';
import { filterOf } from './filters';
import type { FoundSeries } from '../sources/series-scan';
import type { StatementContext } from './statement-context';
import type { NameMatch, Page, Statement } from './syntax';
import { timedCondition } from './time-range';

type Show = Extract<Statement, { kind: `show${string}`; from: unknown }>;

const POLICY_COLUMNS = ['name', 'duration', 'shardGroupDuration', 'replicaN', 'default'];
/** The names of the types in InfluxDB: all numbers here are doubles. */
const TYPE_NAMES = { number: 'float', string: 'string', boolean: 'boolean' } as const;

/** Runs `SHOW` statements about measurements, fields and tags. A condition is about tags: times and fields do not matter. */
export async function* runShow(catalog: Catalog, statement: Show, context: StatementContext): AsyncGenerator<Series> {
  const { condition } = timedCondition(statement.where, context);
  const found = await catalog.find(context, statement.from, statement.database ?? context.database);
  const kept = found.flatMap((measurement) => {
    const names = { isField: (name: string) => measurement.fields.has(name) && !measurement.tags.has(name) };
    const series = condition
      ? measurement.series.filter(({ tags }) => filterOf(condition, { ...names, tags }) === true)
      : measurement.series;
    return series.length > 0 ? [{ ...measurement, series }] : [];
  });
  if (statement.kind === 'showMeasurements') {
    const names = new Set(
      kept.map(({ name }) => name).filter((name) => !statement.match || matches(statement.match, name)),
    );
    yield* seriesOf(
      'measurements',
      ['name'],
      [...names].map((name) => [name]),
      statement,
    );
  } else if (statement.kind === 'showSeries') {
    const keys = kept.flatMap(({ series }) => series.map(keyOf));
    yield* seriesOf(
      undefined,
      ['key'],
      [...new Set(keys)].sort().map((key) => [key]),
      statement,
    );
  } else
    for (const measurement of kept) {
      const [columns, rows] = rowsOf(statement, measurement);
      yield* seriesOf(measurement.name, columns, rows, statement);
      await context.yieldTurn();
    }
}

function rowsOf(statement: Show, { series, fields, tags }: Measurement): [columns: string[], rows: Cell[][]] {
  if (statement.kind === 'showFieldKeys') {
    const rows = [...fields]
      .sort(([one], [other]) => compareTexts(one, other))
      .map(([name, type]) => [name, TYPE_NAMES[type]]);
    return [['fieldKey', 'fieldType'], rows];
  }
  if (statement.kind === 'showTagKeys') {
    const used = new Set(series.flatMap((one) => Object.keys(one.tags)));
    return [['tagKey'], [...used].sort().map((name) => [name])];
  }
  const { match } = statement as Extract<Show, { kind: 'showTagValues' }>;
  const keys = [...tags].filter((name) => matches(match, name)).sort();
  const rows = keys.flatMap((name) => {
    const values = new Set(series.flatMap((one) => (Object.hasOwn(one.tags, name) ? [one.tags[name] ?? ''] : [])));
    return [...values].sort().map((value) => [name, value]);
  });
  return [['key', 'value'], rows];
}

/** There is one policy for each bucket. */
export function retentionPolicies(retentionDays: number | null): Series {
  const duration = retentionDays === null ? '0s' : `${retentionDays * 24}h0m0s`;
  return {
    columns: POLICY_COLUMNS,
    hasTime: false,
    pages: onePage([['autogen', duration, '168h0m0s', 1, true]]),
  };
}

function* seriesOf(
  name: string | undefined,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  { limit = Infinity, offset = 0 }: Page,
): Generator<Series> {
  const page = rows.slice(offset, offset + limit);
  if (page.length > 0) yield { ...(name !== undefined && { name }), columns, hasTime: false, pages: onePage(page) };
}

function matches(match: NameMatch, name: string): boolean {
  switch (match.operator) {
    case '=':
      return name === match.name;
    case '!=':
      return name !== match.name;
    case 'IN':
      return match.names.includes(name);
    case '=~':
      return match.regex.test(name);
    case '!~':
      return !match.regex.test(name);
  }
}

/** As in line protocol. */
export function keyOf({ measurement, tags }: Pick<FoundSeries, 'measurement' | 'tags'>): string {
  const sorted = Object.entries(tags).sort(([one], [other]) => compareTexts(one, other));
  const escaped = (text: string) => text.replace(/[ ,=]/g, String.raw`\$&`);
  return [
    measurement.replace(/[ ,]/g, String.raw`\$&`),
    ...sorted.map(([name, value]) => `${escaped(name)}=${escaped(value)}`),
  ].join();
}
