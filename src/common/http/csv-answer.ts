import { QueryFlagField } from '../validation/fields-scalars';
import { preferredType } from './accepted-type';
import type { LeanRequest, LeanResponse } from './lean-messages';

/** Query parameters of a route that can respond with CSV. */
export class CsvQuery {
  @QueryFlagField('excel', {
    description:
      'Whether a CSV answer is safe to open in a spreadsheet: a text or a column name that would be run as a formula gets ' +
      "a `'` before it. Numbers stay as they are",
  })
  readonly excel?: boolean;
}

/** First characters that make a spreadsheet run a cell as a formula, also in full width. It skips leading tabs and line breaks. */
const RUN_BY_SPREADSHEETS = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** Returns a cell that a spreadsheet shows as text: `'=1+1`. Other types stay unchanged. */
export function spreadsheetSafe<T>(cell: T): T | string {
  return typeof cell === 'string' && RUN_BY_SPREADSHEETS.test(cell) ? `'${cell}` : cell;
}

/** What Windows, macOS or Linux does not allow in a file name, and characters that are invisible or change the direction of text. */
const NOT_IN_FILE_NAMES = /[\p{C}\p{Zl}\p{Zp}<>:"/\\|?*\s]+/gu;
const LONGEST_FILE_NAME = 100;
/** Names of devices on Windows, with any extension. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** Turns a name into a file name without an extension. */
export function fileNameOf(name: string): string {
  const usual = [...name.replace(NOT_IN_FILE_NAMES, ' ')].slice(0, LONGEST_FILE_NAME).join('');
  const safe = usual.replace(/^[ .]+|[ .]+$/g, '');
  return DEVICE.test(safe) ? `_${safe}` : safe || 'data';
}

/** Lets browsers save a response as a file (RFC 6266), with its name in ASCII, and in UTF-8 if that differs (RFC 8187). */
export function attach(response: LeanResponse, fileName: string): void {
  const ascii = fileName.replace(/[^ -~]|%/g, '_');
  const encoded = encodeURIComponent(fileName).replace(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
  const inUtf8 = ascii === fileName ? '' : `; filename*=UTF-8''${encoded}`;
  response.setHeader('Content-Disposition', `attachment; filename="${ascii}"${inUtf8}`);
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
