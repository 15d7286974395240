import type { ValueTransformer } from 'typeorm';
import type { Schema } from './schema';

/** Characters of all cached texts. The parsed schemas take about four times as much memory. */
export const MAX_REMEMBERED_CHARACTERS = 4_000_000;
/** V8 hashes longer strings by their length only, so lookups of many would be slow. */
const LONGEST_REMEMBERED = 16_000;

/** Schemas by their text, the least recently used first. The data sources of a fleet mostly have the same schema. */
const remembered = new Map<string, Schema>();
let characters = 0;

/**
 * Parses the stored text of a schema, once for all data sources with the same text. The schema and its fields are shared and
 * frozen.
 */
export function parseSchema(text: string): Schema {
  const known = remembered.get(text);
  if (known) {
    remembered.delete(text);
    remembered.set(text, known);
    return known;
  }
  const schema = Object.freeze((JSON.parse(text) as Schema).map((field) => Object.freeze(field)));
  if (text.length <= LONGEST_REMEMBERED) remember(text, schema);
  return schema;
}

/** Stores a schema as JSON. */
export const SCHEMA_AS_TEXT: ValueTransformer = {
  from: (text: string) => parseSchema(text),
  to: (schema: unknown) => (schema === undefined ? schema : JSON.stringify(schema)),
};

function remember(text: string, schema: Schema): void {
  remembered.set(text, schema);
  characters += text.length;
  for (const [oldest] of remembered) {
    if (characters <= MAX_REMEMBERED_CHARACTERS) return;
    remembered.delete(oldest);
    characters -= oldest.length;
  }
}
