import type { Field } from '../sources/schema';
import { fits, type Aggregation } from './aggregations';

/** One value of each group: of a field, under the name that was asked for. */
export interface Column {
  readonly field: Field;
  readonly name: Aggregation;
  /** How it is made in fact: the last value of what cannot be averaged. */
  readonly real: Aggregation;
}

/** The columns of some fields, in their order: a field has those of the aggregations that fit it. */
export function columnsOf(
  fields: readonly Field[],
  { aggregations, automatic }: { readonly aggregations: readonly Aggregation[]; readonly automatic: boolean },
): Column[] {
  return fields.flatMap((field) =>
    aggregations.flatMap((name) => {
      const real = automatic && !fits(field, name) ? 'last' : name;
      return fits(field, real) ? [{ field, name, real }] : [];
    }),
  );
}

/** The distinct fields of some columns, in order of first use. */
export function fieldsOf(columns: readonly Column[]): Field[] {
  return [...new Set(columns.map(({ field }) => field))];
}
