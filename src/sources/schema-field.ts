import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { UNKNOWN_PROPERTY, type Problem } from '../common/errors';
import { CheckedBy, isObject, nullIsAbsent, type Check } from '../common/validation/fields';
import { changesDirection, showsNothing } from '../common/visible-text';
import { containsKey } from '../common/whole-keys';
import { FIELD_NAME, FIELD_NAME_SAID, FIELD_TYPES, MAX_FIELDS } from './schema';

const LONGEST_UNIT = 20;
const LONGEST_DESCRIPTION = 200;

const sentences = {
  schema: `schema must be an object with 1 to ${MAX_FIELDS} fields`,
  name: FIELD_NAME_SAID,
  type: "Field type must be 'number', 'string' or 'boolean'",
  unit: `Field unit must be a string of 1 to ${LONGEST_UNIT} characters`,
  description: `Field description must be a string of up to ${LONGEST_DESCRIPTION} characters`,
  required: 'Field required must be true or false',
  direction: 'Field units and descriptions must not contain characters that change the direction of text',
  key: 'Field names and descriptions must not contain an API key',
};

export interface SchemaBounds {
  readonly required: boolean;
  /** Whether null removes a field. */
  readonly removable?: boolean;
}

/** The fields of a data source by name, each `{ type, unit?, description?, required? }` or only the type. */
export function SchemaField(
  { required, removable = false }: SchemaBounds,
  docs: ApiPropertyOptions,
): PropertyDecorator {
  const check: Check = (value) => {
    if (value === undefined) return required ? sentences.schema : undefined;
    if (!isObject(value)) return sentences.schema;
    const entries = Object.entries(value);
    if (entries.length < 1 || entries.length > MAX_FIELDS) return sentences.schema;
    for (const [name, field] of entries) {
      // A field that line protocol added may have another name. Whether it exists is checked under the lock of the data source.
      if (!FIELD_NAME.test(name) && !removable) return { path: [name], message: sentences.name };
      if (containsKey(name)) return { path: [name], message: sentences.key };
      if (field === null && removable) continue;
      const problem = problemOfField(field);
      if (problem) return { path: [name, ...problem.path], message: problem.message };
    }
    return undefined;
  };
  const field = {
    oneOf: [
      { type: 'string', enum: [...FIELD_TYPES] },
      {
        type: 'object',
        ...(removable && { nullable: true }),
        additionalProperties: false,
        required: ['type'],
        properties: {
          type: { type: 'string', enum: [...FIELD_TYPES] },
          unit: { type: 'string', minLength: 1, maxLength: LONGEST_UNIT },
          description: { type: 'string', maxLength: LONGEST_DESCRIPTION },
          required: { type: 'boolean' },
        },
      },
    ],
  };
  const property = {
    type: 'object',
    minProperties: 1,
    maxProperties: MAX_FIELDS,
    additionalProperties: field,
    ...docs,
  } as ApiPropertyOptions;
  return applyDecorators(
    required ? ApiProperty(property) : ApiPropertyOptional(property),
    CheckedBy({ check, sentences: Object.values(sentences), normalise: expandFields }),
  );
}

const KNOWN = ['type', 'unit', 'description', 'required'];

function problemOfField(field: unknown): Problem | undefined {
  if (!isObject(field)) return { path: [], message: sentences.type };
  const { type, unit, description, required } = field;
  if (!FIELD_TYPES.includes(type as never)) return { path: ['type'], message: sentences.type };
  if (!isText(unit, 1, LONGEST_UNIT) || (typeof unit === 'string' && showsNothing(unit)))
    return { path: ['unit'], message: sentences.unit };
  if (!isText(description, 0, LONGEST_DESCRIPTION)) return { path: ['description'], message: sentences.description };
  for (const [name, text] of Object.entries({ unit, description })) {
    if (typeof text !== 'string') continue;
    if (changesDirection(text)) return { path: [name], message: sentences.direction };
    if (containsKey(text)) return { path: [name], message: sentences.key };
  }
  if (required !== undefined && typeof required !== 'boolean')
    return { path: ['required'], message: sentences.required };
  const unknown = Object.keys(field).find((name) => !KNOWN.includes(name));
  return unknown === undefined
    ? undefined
    : { path: [unknown], message: UNKNOWN_PROPERTY.message.replace('<name>', () => unknown) };
}

function isText(value: unknown, least: number, most: number): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'string' || value.length > 2 * most || /\p{Cc}/u.test(value) || !value.isWellFormed())
    return false;
  const { length } = [...value];
  return length >= least && length <= most;
}

/** Expands a type to `{ type }`, and drops null properties of fields. */
function expandFields(value: unknown): unknown {
  if (!isObject(value)) return nullIsAbsent(value);
  const fields = Object.entries(value).map(([name, field]): [string, unknown] => {
    if (typeof field === 'string') return [name, { type: field }];
    if (!isObject(field)) return [name, field];
    return [name, Object.fromEntries(Object.entries(field).filter(([, inner]) => inner !== null))];
  });
  return Object.fromEntries(fields);
}
