import type { FieldDefinition } from '../../../../src/sources/schema';
import { withUnit, type NewField } from '../bucket/new-fields';

/** The fields of a data source, to be edited. */
export function fieldsOf(schema: Readonly<Record<string, FieldDefinition>>): NewField[] {
  return Object.entries(schema).map(([name, { type, unit = '' }]) => ({ name, type, unit }));
}

/** What to change in a schema, so that it has these fields: other units, and new fields. Undefined if nothing. */
export function schemaChanges(
  schema: Readonly<Record<string, FieldDefinition>>,
  fields: readonly NewField[],
): Record<string, FieldDefinition> | undefined {
  const changes = fields.flatMap(({ name, type, unit }) => {
    const present = Object.hasOwn(schema, name) ? schema[name] : undefined;
    if (present && (present.unit ?? '') === unit.trim()) return [];
    const kept = Object.entries(present ?? { type }).filter(([property]) => property !== 'unit');
    return [[name, { ...(Object.fromEntries(kept) as unknown as FieldDefinition), ...withUnit(unit) }] as const];
  });
  return changes.length === 0 ? undefined : Object.fromEntries(changes);
}
