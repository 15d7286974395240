import { COLUMN_SLOTS, type Field, type Schema } from '../sources/schema';

/** Where the values of a schema are stored. Computed once for each schema: a batch can have points of a thousand data sources. */
export interface SchemaLayout {
  /** How many of the first columns are used. */
  readonly width: number;
  /** Whether there are values that have no column. */
  readonly hasRest: boolean;
  readonly fieldAt: (slot: number) => Field | undefined;
}

const layouts = new WeakMap<Schema, SchemaLayout>();

export function layoutOf(schema: Schema): SchemaLayout {
  let layout = layouts.get(schema);
  if (!layout) {
    const fields = new Map(schema.map((field) => [field.slot, field]));
    const slots = [...fields.keys()];
    layout = {
      width: Math.max(0, ...slots.filter((slot) => slot < COLUMN_SLOTS).map((slot) => slot + 1)),
      hasRest: slots.some((slot) => slot >= COLUMN_SLOTS),
      fieldAt: (slot) => fields.get(slot),
    };
    layouts.set(schema, layout);
  }
  return layout;
}
