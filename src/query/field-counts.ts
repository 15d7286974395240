import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import type { Source } from '../sources/source.entity';
import type { Field } from '../sources/schema';
import type { PointStore, Range } from '../points/point-store';
import { othersOf, valueOf, type PackedPoint } from '../points/values';
import type { FieldGroup } from './aggregations';
import { pagesOf } from './point-pages';

/** Groups under construction, with the requested fields. */
interface CountedGroups {
  readonly starts: readonly number[];
  readonly counts: Float64Array;
  readonly fields: readonly (readonly FieldGroup[] | undefined)[];
  readonly options: { readonly fields: readonly Field[]; readonly yieldTurn: YieldTurn };
}

/** Whether a point has a value of one of these fields. */
export function hasAnyOf(fields: readonly Field[], point: PackedPoint): boolean {
  const others = othersOf(point);
  return fields.some((field) => valueOf(field, point.columns, others) !== undefined);
}

/**
 * Replaces the counts of all points in a range by the counts of points with a value of any of the fields. Rollups count the values
 * of each field separately, so points are read only for groups where several fields have values and no field has a value in
 * every point.
 */
export async function countWithAnyField(
  manager: EntityManager,
  store: PointStore,
  source: Source,
  groups: CountedGroups,
  [from, to]: Range,
): Promise<void> {
  const { starts, counts, options } = groups;
  for (const [index, points] of counts.entries()) {
    const values = (groups.fields[index] ?? []).map(({ summary }) => summary.n).filter((n) => n > 0);
    const most = Math.max(0, ...values);
    if (values.length <= 1 || most >= points) counts[index] = most;
    else {
      const within: Range = [Math.max(from, starts[index] ?? 0), Math.min(to, starts[index + 1] ?? 0)];
      let count = 0;
      for await (const page of pagesOf(manager, store, source, within, { yieldTurn: options.yieldTurn }))
        for (const point of page) if (hasAnyOf(options.fields, point)) count += 1;
      counts[index] = count;
    }
  }
}
