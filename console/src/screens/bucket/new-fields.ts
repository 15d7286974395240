import { FIELD_NAME, type FieldDefinition, type FieldType } from '../../../../src/sources/schema';

/** A field as it is typed in. */
export interface NewField {
  readonly name: string;
  readonly type: FieldType;
  readonly unit: string;
}

/** The types of fields, as a choice. */
export const FIELD_TYPES: readonly { readonly value: FieldType; readonly label: string }[] = [
  { value: 'number', label: 'Number' },
  { value: 'boolean', label: 'True or false' },
  { value: 'string', label: 'Text' },
];

export const NO_FIELD: NewField = { name: '', type: 'number', unit: '' };

/** What is wrong with a field; undefined if nothing is. */
export function fieldProblem({ name }: NewField, fields: readonly NewField[]): string | undefined {
  if (!FIELD_NAME.test(name)) return 'Use letters, digits, _, - and ., with a letter or _ first';
  return fields.filter((field) => field.name === name).length > 1 ? 'Another field has this name' : undefined;
}

/** The schema of a data source with these fields. */
export function schemaOf(fields: readonly NewField[]): Record<string, FieldDefinition> {
  return Object.fromEntries(fields.map(({ name, type, unit }) => [name, { type, ...withUnit(unit) }]));
}

/** A unit that is not empty. */
export function withUnit(unit: string): Pick<FieldDefinition, 'unit'> {
  return unit.trim() === '' ? {} : { unit: unit.trim() };
}
