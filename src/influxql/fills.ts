import type { FieldType } from '../sources/schema';
import type { Cell } from './answer';
import type { BucketRow, GroupPlan } from './group-plan';

/** Fills the buckets without values. There are no rows at all if no bucket has one. */
export async function* filled(reads: AsyncIterable<BucketRow[]>, plan: GroupPlan): AsyncGenerator<BucketRow[]> {
  const { fill } = plan;
  let waiting: BucketRow[] = [];
  let hasData = false;
  const before: (Cell | undefined)[] = plan.inputs.map(() => undefined);
  const show = (row: BucketRow): BucketRow => {
    for (const [index, value] of row.inputs.entries())
      if (value !== undefined) before[index] = value;
      else row.inputs[index] = emptyCell(plan, index, before[index]);
    return row;
  };
  for await (const rows of reads) {
    if (fill === 'none') {
      yield rows.filter(({ inputs }) => inputs.some((value) => value !== undefined));
      continue;
    }
    const ready: BucketRow[] = [];
    for (const row of rows) {
      hasData ||= row.inputs.some((value) => value !== undefined);
      waiting.push(row);
      if (!hasData || (fill === 'linear' && row.inputs.some((value) => value === undefined))) continue;
      if (fill === 'linear') interpolate(waiting, plan);
      const [last] = fill === 'linear' ? waiting.splice(-1) : [];
      for (const one of waiting) ready.push(show(one));
      waiting = last ? [last] : [];
    }
    yield ready;
  }
  if (hasData && fill === 'linear') interpolate(waiting, plan);
  if (hasData) yield waiting.map(show);
}

function emptyCell({ inputs, fill, fields }: GroupPlan, index: number, before: Cell | undefined): Cell | undefined {
  const input = inputs[index];
  if (input?.aggregate === undefined || !fields.has(input.name)) return undefined;
  if (typeof fill === 'number') return filledWith(fill, input.aggregate === 'count' ? 'count' : fields.get(input.name));
  if (fill === 'previous') return before ?? null;
  return fill === 'null' && input.aggregate === 'count' ? 0 : null;
}

/** The number of `fill(<number>)` as a value of a field: counts are whole, and texts and booleans have an empty value. */
function filledWith(value: number, type: FieldType | 'count' | undefined): Cell {
  if (type === 'count') return Math.trunc(value);
  if (type === 'string') return '';
  return type === 'boolean' ? false : value;
}

/** Draws a line between the values before and after empty buckets. */
function interpolate(rows: readonly BucketRow[], { inputs }: GroupPlan): void {
  for (const [index, { aggregate }] of inputs.entries()) {
    let last = -1;
    for (const [place, row] of rows.entries()) {
      const value = row.inputs[index];
      if (typeof value !== 'number') continue;
      const from = rows[last]?.inputs[index];
      if (typeof from === 'number')
        for (let between = last + 1; between < place; between++) {
          const drawn = from + ((value - from) * (between - last)) / (place - last);
          (rows[between] as BucketRow).inputs[index] = aggregate === 'count' ? Math.trunc(drawn) : drawn;
        }
      last = place;
    }
  }
}
