import { isHarmfulName } from '../../../../src/common/harmful-names';
import { FIELD_NAME, type FieldType } from '../../../../src/sources/schema';

/** What a column of a file becomes. `clock`: the time of day, where it is apart from the date. */
export const USES = ['time', 'clock', 'value', 'source', 'metadata', 'ignore'] as const;
export type Use = (typeof USES)[number];

/** A column, and what it becomes. */
export interface Column {
  /** As the file names it. */
  readonly title: string;
  readonly use: Use;
  /** Of the field or the metadata. */
  readonly name: string;
  readonly unit: string;
  readonly type: FieldType;
}

/** The fields that the columns make. */
export type Fields = Readonly<Record<string, { readonly type: FieldType; readonly unit?: string }>>;

/** Where the points go: to one data source, to a new one, or to one for each value of a column. */
export type Target =
  | { readonly kind: 'existing'; readonly sourceId: string }
  | { readonly kind: 'new'; readonly name: string }
  | { readonly kind: 'column' };

export function fieldsOf(columns: readonly Column[]): Fields {
  const values = columns.filter(({ use }) => use === 'value');
  return Object.fromEntries(values.map(({ name, type, unit }) => [name, { type, ...(unit !== '' && { unit }) }]));
}

const UNIT = /^(.*?)\s*[[(]\s*([^\])]{1,20}?)\s*[\])]\s*$/;
const MAX_NAME = 64;

/** The name and the unit in a title such as `Temperature (°C)`. */
export function nameAndUnit(title: string): { readonly name: string; readonly unit: string } {
  const [, before = '', unit = ''] = UNIT.exec(title) ?? [];
  return before === '' ? { name: fieldName(title), unit: '' } : { name: fieldName(before), unit };
}

/** A text as the name of a new field: letters, digits, `_`, `-` and `.`. */
export function fieldName(text: string): string {
  const plain = text.replaceAll('ß', 'ss').normalize('NFD').replace(/\p{M}/gu, '');
  const safe = plain
    .trim()
    .replace(/[^A-Za-z0-9_.-]+/g, '_')
    .replace(/^_+(?=.)|_+$/g, '');
  const isName = /^[A-Za-z_]/.test(safe) && !isHarmfulName(safe);
  const named = isName ? safe : `_${safe}`;
  return named === '_' ? 'value' : named.slice(0, MAX_NAME);
}

/**
 * What is wrong with the name of a column; undefined if nothing is.
 *
 * @param known the fields that the data source has: line protocol gives them other names than new ones can have
 */
export function nameProblem(column: Column, columns: readonly Column[], known: Fields = {}): string | undefined {
  const { use, name } = column;
  if (use !== 'value' && use !== 'metadata') return undefined;
  if (name.trim() === '') return 'It needs a name';
  if (isHarmfulName(name)) return `It cannot be called ${name}`;
  if (use === 'value' && !FIELD_NAME.test(name) && !Object.hasOwn(known, name))
    return 'Use up to 64 letters, digits, _, - and ., with a letter or _ first';
  const isTaken = columns.some((other) => other !== column && other.use === use && other.name === name);
  return isTaken ? 'Another column has this name' : undefined;
}

const MAX_FIELDS = 100;
const MAX_METADATA = 20;

/** What keeps an import from starting, in the words of the screen. */
export function mappingProblem(columns: readonly Column[], target: Target, known: Fields = {}): string | undefined {
  const countOf = (use: Use) => columns.filter((column) => column.use === use).length;
  if (countOf('time') !== 1) return 'Choose one column with the time';
  if (countOf('clock') > 1) return 'Choose one column at most with the time of day';
  if (countOf('value') === 0) return 'Choose at least one column with values';
  if (countOf('value') > MAX_FIELDS) return `A data source has up to ${MAX_FIELDS} fields: ignore some columns`;
  if (countOf('metadata') > MAX_METADATA) return `A point has up to ${MAX_METADATA} metadata: ignore some columns`;
  if (columns.some((column) => nameProblem(column, columns, known) !== undefined))
    return 'Check the names of the columns';
  if (target.kind === 'column' && countOf('source') !== 1) return 'Choose the column that names the data sources';
  if (target.kind === 'new' && target.name.trim() === '') return 'Name the new data source';
  return undefined;
}
