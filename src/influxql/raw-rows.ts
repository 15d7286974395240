import { TurnPace } from '../common/http/yield';
import type { Value } from '../points/values';
import type { Range } from '../points/point-store';
import { rawRows } from '../query/raw-query';
import { rowsPerPage, type Cell } from './answer';
import type { Input } from './evaluator';
import type { Values } from './filters';
import type { GroupedSource, GroupPlan } from './group-plan';

/** A point of a group that matches the condition. */
export interface MatchingRow {
  readonly at: number;
  readonly meta: number;
  readonly of: GroupedSource;
  readonly values: Values;
}

/** The points of a group that match the condition, by time and then by series. */
export async function* matchingRows(
  { manager, store, sources, sort, yieldTurn, conditionFields }: GroupPlan,
  [from, to]: Range,
  wanted: readonly string[],
): AsyncGenerator<MatchingRow[]> {
  // A transformation looks at steps before the range, but not at points older than the retention.
  const visible = sources.reduce((first, { extent }) => Math.min(first, extent[0]), Infinity);
  const range: Range = [Math.max(from, visible), to];
  const byNumber = new Map(sources.map((one) => [one.source.number, one]));
  const overlapping = sources.filter(({ extent }) => extent[0] < range[1] && extent[1] > range[0]);
  const options = {
    sources: overlapping.map(({ source }) => source),
    ...{ range, sort, offset: 0, yieldTurn, metas: undefined },
    fields: [...new Set([...wanted, ...conditionFields])],
    limit: Number.MAX_SAFE_INTEGER,
  };
  const pace = new TurnPace(yieldTurn);
  for await (const rows of rawRows(store, manager, options)) {
    const matching: MatchingRow[] = [];
    for (const { source, point, values } of rows) {
      if (pace.isDue) await pace.yield();
      const of = byNumber.get(source.number);
      if (of && (of.filter === true || of.filter(values)))
        matching.push({ at: point.at, meta: point.meta, of, values });
    }
    if (matching.length > 0) yield matching;
    await yieldTurn();
  }
}

/** The value of a field or tag in a row, in the type that it is cast to. Undefined if the row has none. */
export function inputOf(
  { name, cast }: Input,
  { of, values }: MatchingRow,
  fields: GroupPlan['fields'],
): Cell | undefined {
  if (cast === 'tag' || (cast === undefined && !fields.has(name)))
    return Object.hasOwn(of.tags, name) ? of.tags[name] : undefined;
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  return value === undefined ? undefined : casted(value, cast);
}

/** Whether an input is a field, so that a row with a value of it is shown. */
export function isFieldInput({ name, cast }: Input, fields: GroupPlan['fields']): boolean {
  return cast !== 'tag' && fields.has(name);
}

function casted(value: Value, cast: Input['cast']): Value | undefined {
  if (cast === 'integer') return typeof value === 'number' ? Math.trunc(value) : undefined;
  if (cast === 'float') return typeof value === 'number' ? value : undefined;
  if (cast === 'string' || cast === 'boolean') return typeof value === cast ? value : undefined;
  return value;
}

/** The rows of a statement without aggregates. */
export async function* rawCells(plan: GroupPlan): AsyncGenerator<Cell[][]> {
  const { columns, inputs, fields, range } = plan;
  const mostRows = rowsPerPage(columns.length);
  const pace = new TurnPace(plan.yieldTurn);
  const names = inputs.filter((input) => isFieldInput(input, fields)).map(({ name }) => name);
  if (names.length === 0) return;
  const evaluates = columns.map(({ evaluate }) => evaluate());
  for await (const rows of matchingRows(plan, range, names)) {
    let page: Cell[][] = [];
    for (const row of rows) {
      if (pace.isDue) await pace.yield();
      const values = inputs.map((input) => inputOf(input, row, fields));
      const cells = evaluates.map((evaluate) => evaluate(row.at, values));
      if (columns.some(({ makesRows }, index) => makesRows && cells[index] !== undefined))
        page.push([row.at, ...cells.map((cell) => cell ?? null)]);
      if (page.length < mostRows) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }
}
