import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { isUtf8 } from 'node:buffer';
import { CsvError, parse } from 'csv-parse';
import * as errors from '../errors';
import { ApiError, shortName } from '../errors';
import { fieldsOf } from '../validation/field-plans';
import { isHarmfulName } from '../harmful-names';
import type { ReadCell } from './csv-cells';
import type { RunPiece } from './json-body';

const CSV_FORM = 'dakkio:csv-form';
/** So that neither an open quote nor a row of a million cells is read to the end of the body. */
export const LONGEST_ROW_BYTES = 65_536;
const BYTES_PER_PIECE = 65_536;

/** A column that may be left out, and how its cells are read. An empty cell means that the field is not given. */
export interface CsvColumn {
  readonly read: ReadCell;
  /** How a column is read that names one part of the field: `rateLimit.limit`. Without it there are none. */
  readonly readPart?: ReadCell;
}

/** How a table becomes a body: each row an item of one list, its cells the item's fields. */
export interface CsvForm {
  /** The columns that must be there: their cells are kept as sent. */
  readonly columns: readonly string[];
  readonly optional: Readonly<Record<string, CsvColumn>>;
  /** Columns that are passed over, so that a table that the server made can be sent back. */
  readonly ignored: readonly string[];
  /** Other names of columns. */
  readonly aliases: Readonly<Record<string, string>>;
  /** The body's field that is the list. */
  readonly field: string;
  /** What the list holds at most. */
  readonly most: number;
  /** What the list holds for a row. Without it, an object of its cells. */
  readonly toItem?: (row: Readonly<Record<string, unknown>>) => unknown;
}

/**
 * Lets a body class be sent as CSV too. It is checked as if it had been sent as JSON.
 *
 * @throws Error where the field is not a list
 */
export function FromCsv(form: Pick<CsvForm, 'columns' | 'field'> & Partial<CsvForm>): ClassDecorator {
  return (dto) => {
    const nested = fieldsOf(dto as unknown as Type).find(({ field }) => field === form.field)?.nested;
    const most = form.most ?? (nested?.list ? nested.most : undefined);
    if (most === undefined) throw new Error(`${dto.name} cannot be made from CSV: its ${form.field} is not a list`);
    Reflect.defineMetadata(CSV_FORM, { optional: {}, ignored: [], aliases: {}, ...form, most } satisfies CsvForm, dto);
  };
}

/** The form that a body class has for CSV, if it has one. */
export function csvFormOf(dto: Type): CsvForm | undefined {
  return Reflect.getMetadata(CSV_FORM, dto) as CsvForm | undefined;
}

/**
 * Reads a table (RFC 4180, lines ending in LF too) whose first line names the columns, in any order, with commas or, as
 * spreadsheets in many countries write them, with semicolons between them. Of a table that is longer than the list may be,
 * one row too many is read. Rows whose cells are all empty are left out.
 *
 * @param run runs each piece of the work
 * @throws ApiError for another first line, and for what is no table: a row of more than 64 KiB too
 */
export async function parseCsv(bytes: Buffer, form: CsvForm, run: RunPiece): Promise<Record<string, unknown>> {
  if (!isUtf8(bytes)) throw new ApiError(errors.BODY_NOT_UTF8);
  const { delimiter, from } = findDelimiter(bytes);
  let readers: readonly CellReader[] | undefined;
  const items: unknown[] = [];
  await readTable(bytes.subarray(from), { delimiter, mostRows: form.most + 2, run }, (cells) => {
    if (readers) items.push(itemOf(cells, readers, form));
    else readers = readersFor(cells, form);
  });
  if (!readers) throw headerWrong(form);
  return { [form.field]: items };
}

interface TableOptions {
  readonly delimiter: string;
  readonly mostRows: number;
  readonly run: RunPiece;
}

async function readTable(
  bytes: Buffer,
  { delimiter, mostRows, run }: TableOptions,
  onRow: (cells: readonly string[]) => void,
): Promise<void> {
  let failure: unknown;
  const parser = parse({
    bom: true,
    delimiter,
    record_delimiter: ['\r\n', '\n'],
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    max_record_size: LONGEST_ROW_BYTES,
    to: mostRows,
  });
  const take = (cells: string[]) => {
    if (failure !== undefined) return;
    try {
      onRow(cells);
    } catch (cause) {
      failure = cause;
    }
  };
  parser.on('data', take).on('error', (cause: unknown) => (failure ??= cause));
  const ended = new Promise((resolve) => parser.once('close', resolve));
  for (let at = 0; at < bytes.length && failure === undefined && !parser.writableEnded; at += BYTES_PER_PIECE)
    await run(() => void parser.write(bytes.subarray(at, at + BYTES_PER_PIECE)));
  await run(() => void parser.end());
  await ended;
  if (failure !== undefined) throw failure instanceof CsvError ? new ApiError(errors.BODY_NOT_CSV) : (failure as Error);
}

/** The delimiter that comes first in the first line, or the one that a line `sep=;` names; and where the table begins. */
function findDelimiter(bytes: Buffer): { readonly delimiter: string; readonly from: number } {
  const [line = ''] = bytes.subarray(0, LONGEST_ROW_BYTES).toString('utf8').trimStart().split('\n', 1);
  const named = /^\uFEFF?sep=([,;])\r?$/.exec(line)?.[1];
  if (named) return { delimiter: named, from: bytes.indexOf('\n') + 1 || bytes.length };
  return { delimiter: /[,;]/.exec(line.replace(/"[^"]*"/g, ''))?.[0] ?? ',', from: 0 };
}

/** Puts what a cell says into an item. */
type CellReader = (cell: string, item: Record<string, unknown>) => void;

/** @throws ApiError for a first line that names too few columns, an unknown one, or one twice */
function readersFor(cells: readonly string[], form: CsvForm): CellReader[] {
  const names = cells.map((cell) => form.aliases[cell.trim()] ?? cell.trim());
  if (!form.columns.every((column) => names.includes(column))) throw headerWrong(form);
  return names.map((name, index) => {
    const [field = ''] = name.split('.', 1);
    const isRepeated = names.indexOf(name) !== index || (field !== name && names.includes(field));
    if (isRepeated) throw new ApiError(errors.CSV_COLUMN_REPEATED, { words: { name: shortName(name) } });
    const reader = readerFor(name, form);
    if (!reader) throw new ApiError(errors.CSV_COLUMN_UNKNOWN, { words: { name: shortName(name) } });
    return reader;
  });
}

function readerFor(name: string, { columns, optional, ignored }: CsvForm): CellReader | undefined {
  if (columns.includes(name)) return (cell, item) => void (item[name] = cell);
  if (ignored.includes(name)) return () => undefined;
  const [field = ''] = name.split('.', 1);
  if (!Object.hasOwn(optional, field)) return undefined;
  const { read, readPart } = optional[field] as CsvColumn;
  if (field === name)
    return (cell, item) => {
      if (cell !== '') item[name] = read(cell);
    };
  const part = name.slice(field.length + 1);
  if (!readPart || part === '' || isHarmfulName(part)) return undefined;
  return (cell, item) => {
    if (cell !== '') Object.assign((item[field] ??= {}), { [part]: readPart(cell) });
  };
}

function itemOf(cells: readonly string[], readers: readonly CellReader[], { toItem }: CsvForm): unknown {
  const item: Record<string, unknown> = {};
  for (const [index, read] of readers.entries()) read(cells[index] ?? '', item);
  return toItem ? toItem(item) : item;
}

function headerWrong({ columns }: CsvForm): ApiError {
  return new ApiError(errors.CSV_HEADER_WRONG, { words: { columns: columns.join(',') } });
}
