import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { isUtf8 } from 'node:buffer';
import { CsvError, parse, type Options } from 'csv-parse';
import { ApiError, BODY_NOT_CSV, BODY_NOT_UTF8, CSV_HEADER_WRONG } from '../errors';
import { fieldsOf } from '../fields-rules';
import type { RunPiece } from './json-body';

const CSV_FORM = 'dakkio:csv-form';
/** So that neither an open quote nor a row of a million cells is read to the end of the body. */
export const LONGEST_ROW_BYTES = 65_536;
const BYTES_PER_PIECE = 65_536;

/** How a table becomes a body: each row an item of one list, its cells the item's fields. */
export interface CsvForm {
  readonly columns: readonly string[];
  /** The body's field that is the list. */
  readonly field: string;
  /** What the list holds at most. */
  readonly most: number;
}

/**
 * Lets a body class be sent as CSV too. It is checked as if it had been sent as JSON.
 *
 * @throws Error where the field is not a `ListField`
 */
export function FromCsv({ columns, field }: Omit<CsvForm, 'most'>): ClassDecorator {
  return (dto) => {
    const nested = fieldsOf(dto).find((rule) => rule.field === field)?.nested;
    if (!nested?.list) throw new Error(`${dto.name} cannot be made from CSV: its ${field} is no list`);
    Reflect.defineMetadata(CSV_FORM, { columns, field, most: nested.most } satisfies CsvForm, dto);
  };
}

/** The form that a body class has for CSV, if it has one. */
export function csvFormOf(dto: Type): CsvForm | undefined {
  return Reflect.getMetadata(CSV_FORM, dto) as CsvForm | undefined;
}

/**
 * Reads a table (RFC 4180, lines ending in LF too) whose first line names the columns, in any order. Cells are kept as
 * sent. Of a table that is longer than the list may be, one row too many is read.
 *
 * @param run runs each piece of the work
 * @throws ApiError for another first line, and for what is no table: a row of more than 64 KiB too
 */
export async function parseCsv(bytes: Buffer, form: CsvForm, run: RunPiece): Promise<Record<string, unknown>> {
  let headed = false;
  const readHeader = (cells: string[]) => {
    headed = holdsExactly(cells, form.columns);
    if (!headed) throw headerWrong(form);
    return cells;
  };
  if (!isUtf8(bytes)) throw new ApiError(BODY_NOT_UTF8);
  const rows = await parseTable(bytes, run, {
    bom: true,
    columns: readHeader,
    record_delimiter: ['\r\n', '\n'],
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW_BYTES,
    to: form.most + 1,
  });
  if (!headed) throw headerWrong(form);
  return { [form.field]: rows };
}

async function parseTable(bytes: Buffer, run: RunPiece, options: Options): Promise<unknown[]> {
  const rows: unknown[] = [];
  let failure: unknown;
  const parser = parse(options);
  parser.on('data', (row: unknown) => rows.push(row)).on('error', (cause: unknown) => (failure = cause));
  const ended = new Promise((resolve) => parser.once('close', resolve));
  for (let at = 0; at < bytes.length && failure === undefined && !parser.writableEnded; at += BYTES_PER_PIECE)
    await run(() => void parser.write(bytes.subarray(at, at + BYTES_PER_PIECE)));
  await run(() => void parser.end());
  await ended;
  if (failure === undefined) return rows;
  throw failure instanceof CsvError ? new ApiError(BODY_NOT_CSV) : (failure as Error);
}

function headerWrong({ columns }: CsvForm): ApiError {
  return new ApiError(CSV_HEADER_WRONG, { words: { columns: columns.join(',') } });
}

function holdsExactly(cells: readonly string[], columns: readonly string[]): boolean {
  return cells.length === columns.length && columns.every((column) => cells.includes(column));
}
