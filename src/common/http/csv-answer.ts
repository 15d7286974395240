import { ApiPropertyOptional } from '@nestjs/swagger';
import { CheckedBy } from '../validation/fields-rules';
import { preferredType } from './accepted-type';
import type { LeanRequest, LeanResponse } from './lean-messages';

const EXCEL_SAID = 'excel must be 0, 1, true or false';
const EXCEL_VALUES = new Map<unknown, boolean>([
  ['0', false],
  ['1', true],
  ['false', false],
  ['true', true],
]);

/** Query parameters of a route that can respond with CSV. */
export class CsvQuery {
  @ApiPropertyOptional({
    type: String,
    enum: [...EXCEL_VALUES.keys()],
    description:
      'Whether a CSV answer is safe to open in a spreadsheet: a text or a column name that would be run as a formula gets ' +
      "a `'` before it. Numbers stay as they are",
    default: '0',
  })
  @CheckedBy({
    check: (value) => (value === undefined || typeof value === 'boolean' ? undefined : EXCEL_SAID),
    sentences: [EXCEL_SAID],
    normalise: (value) => EXCEL_VALUES.get(value) ?? value,
  })
  readonly excel?: boolean;
}

/** First characters that make a spreadsheet run a cell as a formula, also in full width. It skips leading tabs and line breaks. */
const RUN_BY_SPREADSHEETS = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** Returns a cell that a spreadsheet shows as text: `'=1+1`. Other types stay unchanged. */
export function spreadsheetSafe<T>(cell: T): T | string {
  return typeof cell === 'string' && RUN_BY_SPREADSHEETS.test(cell) ? `'${cell}` : cell;
}

/** Whether the client prefers CSV to JSON (RFC 9110 §12.5.1). */
export function wantsCsv(request: LeanRequest): boolean {
  return preferredType(request.headers.accept, ['application/json', 'text/csv']) === 'text/csv';
}

/** Sets the headers of a CSV response that must not be cached. */
export function markAsCsv(response: LeanResponse): void {
  response.set({
    'Content-Type': 'text/csv; charset=utf-8; header=present',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
}
