import type { Field } from '../sources/schema';
import { fits, type Aggregation } from './aggregations';

/** One value of each group: an aggregate of a field, under the requested name. */
export interface Column {
  readonly field: Field;
  readonly name: Aggregation;
  /** The aggregation that is computed: `last` for a field that cannot be averaged. */
  readonly real: Aggregation;
}

/** The columns of these fields, in their order: one for each aggregation that the field's type supports. */
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

/** The columns of lists of fields. Sources that share a list share its columns. */
export class SharedColumns {
  private readonly made = new Map<readonly Field[], readonly Column[]>();

  constructor(private readonly options: Parameters<typeof columnsOf>[1]) {}

  of(fields: readonly Field[]): readonly Column[] {
    let columns = this.made.get(fields);
    if (!columns) this.made.set(fields, (columns = columnsOf(fields, this.options)));
    return columns;
  }
}

/** The distinct fields of some columns, in order of first use. */
export function fieldsOf(columns: readonly Column[]): Field[] {
  return [...new Set(columns.map(({ field }) => field))];
}
