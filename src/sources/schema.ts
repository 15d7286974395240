export const FIELD_TYPES = ['number', 'string', 'boolean'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

export const MAX_FIELDS = 100;
export const FIELD_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;
export const FIELD_NAME_SAID =
  'Field names must begin with a letter or _, and have up to 64 letters, digits, _, . or -';

/** Names of fields that line protocol adds: any text that can be displayed. */
export const LONGEST_FIELD_NAME_BYTES = 255;

/** A field as the API shows it. */
export interface FieldDefinition {
  readonly type: FieldType;
  readonly unit?: string;
  readonly description?: string;
  readonly required?: boolean;
}

/** A stored field. Its slot is the place of its values in a row, and does not change while the source has points. */
export interface Field extends FieldDefinition {
  readonly name: string;
  readonly slot: number;
}

/** The fields of a source, in the order in which they were added. */
export type Schema = readonly Field[];

/** Numbers and booleans in the first slots have their own columns. Other values are stored together as JSON. */
export const COLUMN_SLOTS = 6;

/** Fields to add or replace; null removes a field. */
export type SchemaChanges = Readonly<Record<string, FieldDefinition | null>>;

/** A change that is not possible while the source has points. */
export interface SchemaConflict {
  readonly kind: 'type changed' | 'removed';
  readonly field: string;
}

export function newSchema(definitions: Readonly<Record<string, FieldDefinition>>): Schema {
  return mergeSchema([], definitions);
}

/** Applies changes: an existing field is replaced in place, a new one is appended, null removes one. */
export function mergeSchema(schema: Schema, changes: SchemaChanges): Schema {
  const kept = schema.flatMap((field) => {
    const options = changeOf(changes, field.name);
    if (options === undefined) return [field];
    if (options === null) return [];
    // Another type may need another kind of slot.
    return [{ ...options, name: field.name, slot: options.type === field.type ? field.slot : NO_SLOT }];
  });
  const known = new Set(schema.map(({ name }) => name));
  const added = Object.entries(changes).flatMap(([name, options]) =>
    options === null || known.has(name) ? [] : [{ ...options, name, slot: NO_SLOT }],
  );
  return withSlots([...kept, ...added]);
}

/** The first change that is not possible while the source has points. */
export function conflictOf(schema: Schema, changes: SchemaChanges): SchemaConflict | undefined {
  for (const { name, type } of schema) {
    const options = changeOf(changes, name);
    if (options === null) return { kind: 'removed', field: name };
    if (options && options.type !== type) return { kind: 'type changed', field: name };
  }
  return undefined;
}

/** The fields whose unit would change. */
export function fieldsInOtherUnits(schema: Schema, changes: SchemaChanges): Set<string> {
  const changed = schema.filter(
    ({ name, unit }) => unit !== undefined && (changeOf(changes, name)?.unit ?? unit) !== unit,
  );
  return new Set(changed.map(({ name }) => name));
}

/** Not what an object inherits: a field may be called `toString`. */
function changeOf(changes: SchemaChanges, name: string): FieldDefinition | null | undefined {
  return Object.hasOwn(changes, name) ? changes[name] : undefined;
}

const NO_SLOT = -1;

function withSlots(fields: readonly Field[]): Schema {
  const taken = new Set(fields.map(({ slot }) => slot));
  const free = (from: number) => {
    let slot = from;
    while (taken.has(slot)) slot += 1;
    taken.add(slot);
    return slot;
  };
  return fields.map((field) =>
    field.slot === NO_SLOT ? { ...field, slot: free(field.type === 'string' ? COLUMN_SLOTS : 0) } : field,
  );
}
