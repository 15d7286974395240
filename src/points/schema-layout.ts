import { COLUMN_SLOTS, type Field, type Schema } from '../sources/schema';

/** Where the values of a schema are stored. Computed once for each schema: a batch can have points of a thousand data sources. */
export interface SchemaLayout {
  /** How many of the first columns are used. */
  readonly width: number;
  /** Whether there are values that have no column. */
  readonly hasRest: boolean;
  /** The fields whose values are in columns. */
  readonly columnFields: readonly Field[];
  readonly fieldAt: (slot: number) => Field | undefined;
}

const layouts = new WeakMap<Schema, SchemaLayout>();

export function layoutOf(schema: Schema): SchemaLayout {
  let layout = layouts.get(schema);
  if (!layout) {
    const fields = new Map(schema.map((field) => [field.slot, field]));
    const columnFields = schema.filter(({ slot }) => slot < COLUMN_SLOTS);
    layout = {
      columnFields,
      width: Math.max(0, ...columnFields.map(({ slot }) => slot + 1)),
      hasRest: columnFields.length < schema.length,
      fieldAt: (slot) => fields.get(slot),
    };
    layouts.set(schema, layout);
  }
  return layout;
}
