import type { YieldTurn } from '../common/http/yield';
import { sortRows } from '../common/sort-rows';
import { onePage, type Cell, type Series } from './answer';
import { compareTexts, type Catalog, type Measurement } from './catalog';
import { filterOf } from './filters';
import type { FoundSeries } from '../sources/series-scan';
import { inTurns, ITEMS_PER_TURN } from './in-turns';
import type { SafeRegex } from './safe-regex';
import type { StatementContext } from './statement-context';
import type { Expression, NameMatch, Page, Statement } from './syntax';
import { timedCondition } from './time-range';

type Show = Extract<Statement, { kind: `show${string}`; from: unknown }>;

const POLICY_COLUMNS = ['name', 'duration', 'shardGroupDuration', 'replicaN', 'default'];
/** The names of the types in InfluxDB: all numbers here are doubles. */
const TYPE_NAMES = { number: 'float', string: 'string', boolean: 'boolean' } as const;

/** Runs `SHOW` statements about measurements, fields and tags. A condition is about tags: times and fields do not matter. */
export async function* runShow(catalog: Catalog, statement: Show, context: StatementContext): AsyncGenerator<Series> {
  const { yieldTurn } = context;
  const { condition } = timedCondition(statement.where, context);
  const found = await catalog.find(context, statement.from, statement.database ?? context.database);
  const kept: Measurement[] = [];
  for (const measurement of found) {
    const series = condition ? await matchingSeries(measurement, condition, yieldTurn) : measurement.series;
    if (series.length > 0) kept.push({ ...namesOf(measurement), series });
  }
  const regex = regexIn(statement);
  if (statement.kind === 'showMeasurements') {
    await regex?.learn(
      kept.map(({ name }) => name),
      yieldTurn,
    );
    const names = new Set(
      kept.map(({ name }) => name).filter((name) => !statement.match || matches(statement.match, name)),
    );
    yield* seriesOf('measurements', ['name'], [...names], { ...statement, rowOf: (name) => [name], yieldTurn });
  } else if (statement.kind === 'showSeries') {
    const keys = new Set<string>();
    for (const { series } of kept) for await (const one of inTurns(series, yieldTurn)) keys.add(keyOf(one));
    const sorted = await sortRows([...keys], compareTexts, yieldTurn);
    yield* seriesOf(undefined, ['key'], sorted, { ...statement, rowOf: (key) => [key], yieldTurn });
  } else
    for (const measurement of kept) {
      await regex?.learn(measurement.tags, yieldTurn);
      const [columns, rows] = await rowsOf(statement, measurement, yieldTurn);
      yield* seriesOf(measurement.name, columns, rows, { ...statement, rowOf: (row) => row, yieldTurn });
      await yieldTurn();
    }
}

function namesOf({ name, fields, tags, visibleFrom }: Measurement): Omit<Measurement, 'series'> {
  return { name, fields, tags, visibleFrom };
}

async function matchingSeries(
  { series, fields, tags: all }: Measurement,
  condition: Expression,
  yieldTurn: YieldTurn,
): Promise<FoundSeries[]> {
  const isField = (name: string) => fields.has(name) && !all.has(name);
  const kept: FoundSeries[] = [];
  for await (const one of inTurns(series, yieldTurn))
    if (filterOf(condition, { isField, tags: one.tags }) === true) kept.push(one);
  return kept;
}

async function rowsOf(
  statement: Show,
  { series, fields, tags }: Measurement,
  yieldTurn: YieldTurn,
): Promise<[columns: string[], rows: Cell[][]]> {
  if (statement.kind === 'showFieldKeys') {
    const rows = [...fields]
      .sort(([one], [other]) => compareTexts(one, other))
      .map(([name, type]) => [name, TYPE_NAMES[type]]);
    return [['fieldKey', 'fieldType'], rows];
  }
  if (statement.kind === 'showTagKeys') {
    const used = new Set<string>();
    for await (const one of inTurns(series, yieldTurn)) for (const name of Object.keys(one.tags)) used.add(name);
    return [['tagKey'], [...used].sort().map((name) => [name])];
  }
  const { match } = statement as Extract<Show, { kind: 'showTagValues' }>;
  const rows: Cell[][] = [];
  for (const name of [...tags].filter((one) => matches(match, one)).sort()) {
    const values = new Set<string>();
    for await (const one of inTurns(series, yieldTurn))
      if (Object.hasOwn(one.tags, name)) values.add(one.tags[name] ?? '');
    for (const value of await sortRows([...values], compareTexts, yieldTurn)) rows.push([name, value]);
  }
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

function* seriesOf<Row>(
  name: string | undefined,
  columns: readonly string[],
  rows: readonly Row[],
  {
    limit = Infinity,
    offset = 0,
    ...paging
  }: Page & { readonly rowOf: (row: Row) => readonly Cell[]; readonly yieldTurn: YieldTurn },
): Generator<Series> {
  const shown = rows.slice(offset, offset + limit);
  if (shown.length > 0)
    yield { ...(name !== undefined && { name }), columns, hasTime: false, pages: pagesOf(shown, paging) };
}

async function* pagesOf<Row>(
  rows: readonly Row[],
  { rowOf, yieldTurn }: { readonly rowOf: (row: Row) => readonly Cell[]; readonly yieldTurn: YieldTurn },
): AsyncGenerator<readonly (readonly Cell[])[]> {
  for (let begin = 0; begin < rows.length; begin += ITEMS_PER_TURN) {
    yield rows.slice(begin, begin + ITEMS_PER_TURN).map(rowOf);
    await yieldTurn();
  }
}

function regexIn(statement: Show): SafeRegex | undefined {
  return 'match' in statement && statement.match && 'regex' in statement.match ? statement.match.regex : undefined;
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
