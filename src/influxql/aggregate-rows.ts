import type { Range } from '../points/point-store';
import { sortInSlices } from '../query/sort-in-slices';
import { TurnPace } from '../common/http/yield';
import { rowsPerPage, type Cell } from './answer';
import { aggregateOf, asBoolean, isOfSorted } from './aggregate-values';
import { bucketGroups } from './bucket-groups';
import { filled } from './fills';
import { AGGREGATES } from './functions';
import type { BucketRow, GroupPlan } from './group-plan';
import { inputOf, matchingRows } from './raw-rows';

const BUCKETS_PER_READ = 1000;
/** Time buckets of all fields together that are computed at once. */
export const CELLS_PER_READ = 20_000;

/** The rows of a statement with aggregates. */
export async function* aggregateCells(plan: GroupPlan): AsyncGenerator<Cell[][]> {
  const { columns, range, steps, inputs } = plan;
  const evaluates = columns.map(({ evaluate }) => evaluate());
  const [selector, ...others] = inputs.filter(({ aggregate }) => aggregate !== undefined);
  const isSelected =
    others.length === 0 && AGGREGATES[selector?.aggregate ?? '']?.isSelector && (!steps || inputs.length > 1);
  let page: Cell[][] = [];
  const rows = steps ? filled(bucketRows(plan), plan) : bucketRows(plan);
  const shownFrom = steps ? steps.startOf(range[0]) : -Infinity;
  const mostRows = rowsPerPage(columns.length);
  const pace = new TurnPace(plan.yieldTurn);
  for await (const some of rows)
    for (const row of some) {
      if (pace.isDue) await pace.yield();
      const at = isSelected ? await addSelected(plan, row) : undefined;
      const cells = evaluates.map((evaluate) => evaluate(row.start, row.inputs));
      if (row.start < shownFrom) continue;
      if (!columns.some(({ makesRows }, index) => makesRows && cells[index] !== undefined)) continue;
      const shownAt = steps ? row.start : (at ?? plan.shownFrom);
      page.push([shownAt, ...cells.map((cell) => cell ?? null)]);
      if (page.length < mostRows) continue;
      yield page;
      page = [];
      await plan.yieldTurn();
    }
  if (page.length > 0) yield page;
}

/** The time buckets of the range in the order of the statement, read by read, and those that transformations look at before it. */
async function* bucketRows(plan: GroupPlan): AsyncGenerator<BucketRow[]> {
  const { inputs, yieldTurn, sort } = plan;
  const pace = new TurnPace(yieldTurn);
  for (const [starts, range] of readsOf(plan)) {
    const groups = await bucketGroups(plan, starts, range);
    const order = sort === 'asc' ? groups.keys() : [...groups.keys()].reverse();
    const rows: BucketRow[] = [];
    for (const index of order) {
      const values: (Cell | undefined)[] = [];
      for (const input of inputs) {
        if (pace.isDue) await pace.yield();
        const group = groups[index]?.get(input.name);
        // Only where it is needed, because waiting for each value takes longer than computing it.
        const sorted = group && isOfSorted(input) ? await sortInSlices(group.values, yieldTurn) : undefined;
        const value = aggregateOf(input, group, sorted);
        const isBoolean = input.aggregate !== 'count' && plan.fields.get(input.name) === 'boolean';
        values.push(isBoolean ? asBoolean(value) : finite(value));
      }
      rows.push({ start: starts[index] ?? 0, end: starts[index + 1] ?? 0, inputs: values });
    }
    yield rows;
    await yieldTurn();
  }
}

/** JSON has no infinity. */
function finite(cell: Cell | undefined): Cell | undefined {
  return typeof cell === 'number' && !Number.isFinite(cell) ? null : cell;
}

/** The starts of some buckets, with the end of the last one, and their range. */
function* readsOf({ steps, range, sort, stepsBefore, inputs }: GroupPlan): Generator<[starts: number[], range: Range]> {
  if (!steps) {
    yield [[...range], range];
    return;
  }
  const atOnce = Math.max(1, Math.min(BUCKETS_PER_READ, Math.floor(CELLS_PER_READ / inputs.length)));
  let first = steps.startOf(range[0]);
  for (let count = 0; sort === 'asc' && count < stepsBefore; count++) first = steps.before(first);
  const from = first < steps.startOf(range[0]) ? first : range[0];
  if (sort === 'asc')
    for (let start = first; start < range[1];) {
      const starts = [start];
      while (starts.length <= atOnce && start < range[1]) starts.push((start = steps.next(start)));
      yield [starts, [Math.max(from, starts[0] ?? 0), Math.min(range[1], start)]];
    }
  else
    for (let end = steps.next(steps.startOf(range[1] - 1)); end > from;) {
      const starts = [end];
      while (starts.length <= atOnce && end > from) starts.unshift((end = steps.before(end)));
      yield [starts, [Math.max(from, end), Math.min(range[1], starts.at(-1) ?? 0)]];
    }
}

/** Adds the other columns of the point that a selector has chosen, and returns its time. */
async function addSelected(plan: GroupPlan, { start, end, inputs: values }: BucketRow): Promise<number | undefined> {
  const { inputs, fields, range } = plan;
  const place = inputs.findIndex(({ aggregate }) => aggregate !== undefined);
  const selector = inputs[place];
  const wanted = values[place];
  if (!selector || wanted === undefined || wanted === null) return undefined;
  const within: Range = [Math.max(range[0], start), Math.min(range[1], end)];
  const sort = selector.aggregate === 'last' ? 'desc' : 'asc';
  const names = inputs.map(({ name }) => name).filter((name) => fields.has(name));
  for await (const rows of matchingRows({ ...plan, sort }, within, names)) {
    const row = rows.find((one) => one.values[selector.name] === wanted);
    if (!row) continue;
    for (const [index, input] of inputs.entries())
      if (input.aggregate === undefined) values[index] = inputOf(input, row, fields);
    return row.at;
  }
  return undefined;
}
