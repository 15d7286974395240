import type { Sample } from '../../csv/sample';
import { timeFormatOf, type FoundFormat, type TimeFormat } from '../../csv/time-format';
import { TimeReader } from '../../csv/time-reader';
import { FIELD_NAME } from '../../../../src/sources/schema';
import { fieldName, mappingProblem, type Column, type Target } from './columns';
import { PointReader, type ReadRow, type Reading } from './point-reader';
import type { Suggestion } from './suggestion';

/** What a person has chosen of how rows become points. */
export interface Mapping {
  readonly columns: readonly Column[];
  readonly target: Target;
  /** Undefined: as it was found. */
  readonly format: TimeFormat | undefined;
  readonly zone: string;
}

/** The fields that a data source has already. */
export type KnownFields = Readonly<Record<string, { readonly type: Column['type']; readonly unit?: string }>>;

/** The mapping to begin with. @param known those of the data source that the address names */
export function firstMapping(
  { columns }: Suggestion,
  { target, known, zone }: { readonly target: Target; readonly known: KnownFields; readonly zone: string },
): Mapping {
  const named = columns.some(({ use }) => use === 'source');
  if (target.kind === 'existing') return withTarget({ columns, target, format: undefined, zone }, target, known);
  return { columns, target: named ? { kind: 'column' } : target, format: undefined, zone };
}

/** Another target. The column that named the data sources is then ignored, and fields are called as the data source calls them. */
export function withTarget(mapping: Mapping, target: Target, known: KnownFields): Mapping {
  const names = Object.keys(known);
  const columns = mapping.columns.map((column): Column => {
    if (column.use === 'source' && target.kind !== 'column') return { ...column, use: 'ignore' };
    if (column.use !== 'value' || names.includes(column.name)) return column;
    return { ...column, name: sameName(column, names) ?? usualName(column) };
  });
  return { ...mapping, columns, target };
}

/** A field that is called like a column or its title, but for the case. */
function sameName({ name, title }: Column, names: readonly string[]): string | undefined {
  const wanted = [name, title.trim()].map((text) => text.toLowerCase());
  return names.find((known) => wanted.includes(known.toLowerCase()));
}

/** The name of a column, or one that a new field can have, if it was that of a field of another data source. */
function usualName({ name }: Column): string {
  return FIELD_NAME.test(name) ? name : fieldName(name);
}

/** Another use of a column: there is one of the time, of the time of day and of the data source. */
export function withUse(mapping: Mapping, index: number, use: Column['use'], fallback: Target): Mapping {
  const isOnly = use === 'time' || use === 'clock' || use === 'source';
  const columns = mapping.columns.map((column, at): Column => {
    if (at === index) return { ...column, use };
    return isOnly && column.use === use ? { ...column, use: 'ignore' } : column;
  });
  const named = columns.some((column) => column.use === 'source');
  const target: Target = named ? { kind: 'column' } : mapping.target.kind === 'column' ? fallback : mapping.target;
  // Another column of times may have another format.
  const format = use === 'time' || use === 'clock' ? undefined : mapping.format;
  return { ...mapping, columns, target, format };
}

/** The columns with the types of the fields that the data source has. */
export function typedColumns(columns: readonly Column[], known: KnownFields): readonly Column[] {
  return columns.map((column) => {
    const field = column.use === 'value' && Object.hasOwn(known, column.name) ? known[column.name] : undefined;
    return field ? { ...column, type: field.type, unit: field.unit ?? '' } : column;
  });
}

/** The times of the sample, with those of the day where they are apart. */
export function timeTexts({ rows }: Sample, columns: readonly Column[]): string[] {
  const [time, clock] = (['time', 'clock'] as const).map((use) => columns.findIndex((column) => column.use === use));
  if (time === undefined || time === -1) return [];
  return rows.map(({ cells }) => {
    const date = cells[time]?.trim() ?? '';
    return clock === undefined || clock === -1 ? date : `${date} ${cells[clock]?.trim() ?? ''}`.trim();
  });
}

/** What is read with a mapping, and what keeps it from being imported. */
export interface Outlook {
  readonly found: FoundFormat | undefined;
  /** Undefined until the user has chosen whether the day or the month is first. */
  readonly format: TimeFormat | undefined;
  readonly reading: Reading;
  readonly preview: readonly ReadRow[];
  /** Of the rows of the sample, those that cannot be read. */
  readonly badRows: number;
  readonly problem: string | undefined;
}

const PREVIEW_ROWS = 20;

export function outlookOf(sample: Sample, mapping: Mapping, known: KnownFields): Outlook {
  const columns = typedColumns(mapping.columns, known);
  const texts = timeTexts(sample, columns);
  const found = timeFormatOf(texts);
  const format = mapping.format ?? (found?.isAmbiguous === true ? undefined : found?.format);
  const options = { format: format ?? found?.format ?? 'iso', zone: mapping.zone };
  const { decimal, rows } = sample;
  const reading: Reading = { columns, decimal, ...options, isDescending: isDescending(texts, options) };
  const reader = new PointReader(reading);
  const read = rows.map((row) => reader.read(row));
  const undecided = format === undefined ? 'Say in which form the times are' : undefined;
  return {
    ...{ found, format, reading },
    preview: read.slice(0, PREVIEW_ROWS),
    badRows: read.filter(({ problems }) => problems.length > 0).length,
    problem: mappingProblem(columns, mapping.target, known) ?? undecided,
  };
}

function isDescending(texts: readonly string[], options: { format: TimeFormat; zone: string }): boolean {
  const reader = new TimeReader(options);
  const times = [texts.at(0), texts.at(-1)].map((text) => reader.read(text ?? ''));
  const [first, last] = times;
  return typeof first === 'number' && typeof last === 'number' && first > last;
}
