import type { YieldTurn } from '../common/http/yield';
import type { Field } from '../sources/schema';
import type { Aggregation, FieldGroup } from './aggregations';
import type { Cell } from './cells';
import type { Column } from './group-columns';
import type { SourceGroups } from './grouped-query';

/** Work done in a few milliseconds, in sorted values: a group and each of its results count as several. */
const WORK_PER_TURN = 20_000;
const WORK_OF_A_GROUP = 10;
/** Fewer values are sorted with the results of their group. */
const LEAST_TO_SORT = 200;

/** Computes the cells of each group, in the order of the columns, and releases the group. */
export async function resultsOf(
  { fields: groups }: SourceGroups,
  fields: readonly Field[],
  columns: readonly Column[],
  yieldTurn: YieldTurn,
): Promise<(readonly Cell[] | undefined)[]> {
  const places = columns.map(({ field, real }) => ({ place: fields.indexOf(field), real }));
  const values: (Cell[] | undefined)[] = [];
  let work = 0;
  for (let index = 0; index < groups.length; index++) {
    const group = groups[index];
    work += WORK_OF_A_GROUP + columns.length;
    for (const field of group ?? []) {
      work += field.unsorted;
      if (field.unsorted < LEAST_TO_SORT) continue;
      await field.sort(yieldTurn);
      if (work < WORK_PER_TURN) continue;
      work = 0;
      await yieldTurn();
    }
    values.push(group && places.map(({ place, real }) => resultOf(group[place], real)));
    // Frees the values of the group.
    groups[index] = undefined;
    if (work < WORK_PER_TURN) continue;
    work = 0;
    await yieldTurn();
  }
  return values;
}

function resultOf(group: FieldGroup | undefined, aggregation: Aggregation): Cell {
  return group?.result(aggregation);
}
