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
/** Stops at an unclosed quote or an extremely long row instead of reading to the end of the body. */
export const LONGEST_ROW_BYTES = 65_536;
const BYTES_PER_PIECE = 65_536;

/** An optional column and the parser of its cells. An empty cell means that the field is not set. */
export interface CsvColumn {
  readonly read: ReadCell;
  /** The parser for a column that names one part of the field: `rateLimit.limit`. Without it, such columns are unknown. */
  readonly readPart?: ReadCell;
}

/** How a table maps to a body: each row is an item of one list, its cells are the fields. */
export interface CsvForm {
  /** The required columns. Their cells are kept as sent. */
  readonly columns: readonly string[];
  readonly optional: Readonly<Record<string, CsvColumn>>;
  /** Columns that are ignored, so that a table from the server can be sent back. */
  readonly ignored: readonly string[];
  /** Other names of columns. */
  readonly aliases: Readonly<Record<string, string>>;
  /** The field of the body that contains the list. */
  readonly field: string;
  /** Maximum number of items in the list. */
  readonly most: number;
  /** Converts a row to an item. Default: an object of its cells. */
  readonly toItem?: (row: Readonly<Record<string, unknown>>) => unknown;
}

/**
 * Accepts CSV for a body class. The result is validated like JSON.
 *
 * @throws Error if the field is not a list
 */
export function FromCsv(form: Pick<CsvForm, 'columns' | 'field'> & Partial<CsvForm>): ClassDecorator {
  return (dto) => {
    const nested = fieldsOf(dto as unknown as Type).find(({ field }) => field === form.field)?.nested;
    const most = form.most ?? (nested?.list ? nested.most : undefined);
    if (most === undefined) throw new Error(`${dto.name} cannot be made from CSV: its ${form.field} is not a list`);
    Reflect.defineMetadata(CSV_FORM, { optional: {}, ignored: [], aliases: {}, ...form, most } satisfies CsvForm, dto);
  };
}

/** Returns the CSV form of a body class, if any. */
export function csvFormOf(dto: Type): CsvForm | undefined {
  return Reflect.getMetadata(CSV_FORM, dto) as CsvForm | undefined;
}

/**
 * Parses a table (RFC 4180, also with LF line endings). The first line names the columns in any order. The delimiter is a
 * comma or, as spreadsheets in many countries write it, a semicolon. Parsing stops one row after the maximum, so that
 * validation can report it. Rows with only empty cells are skipped.
 *
 * @param run runs each piece of the work
 * @throws ApiError for a wrong first line, and for invalid CSV, including a row of more than 64 KiB
 */
export async function parseCsv(bytes: Buffer, form: CsvForm, run: RunPiece): Promise<Record<string, unknown>> {
  if (!isUtf8(bytes)) throw new ApiError(errors.BODY_NOT_UTF8);
  const { delimiter, from } = findDelimiter(bytes);
  let readers: readonly CellReader[] | undefined;
  const items: unknown[] = [];
  await readTable(bytes.subarray(from), { delimiter, maxRows: form.most + 2, run }, (cells) => {
    if (readers) items.push(itemOf(cells, readers, form));
    else readers = readersFor(cells, form);
  });
  if (!readers) throw headerWrong(form);
  return { [form.field]: items };
}

interface TableOptions {
  readonly delimiter: string;
  readonly maxRows: number;
  readonly run: RunPiece;
}

async function readTable(
  bytes: Buffer,
  { delimiter, maxRows, run }: TableOptions,
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
    to: maxRows,
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

/** Finds the first delimiter in the first line, or the one that a line `sep=;` names, and the start of the table. */
function findDelimiter(bytes: Buffer): { readonly delimiter: string; readonly from: number } {
  const [line = ''] = bytes.subarray(0, LONGEST_ROW_BYTES).toString('utf8').trimStart().split('\n', 1);
  const named = /^\uFEFF?sep=([,;])\r?$/.exec(line)?.[1];
  if (named) return { delimiter: named, from: bytes.indexOf('\n') + 1 || bytes.length };
  return { delimiter: /[,;]/.exec(line.replace(/"[^"]*"/g, ''))?.[0] ?? ',', from: 0 };
}

/** Sets the field of an item from a cell. */
type CellReader = (cell: string, item: Record<string, unknown>) => void;

/** @throws ApiError if a column is missing, unknown or repeated */
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
