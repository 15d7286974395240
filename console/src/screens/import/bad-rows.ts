/** A row that was not stored. */
export interface BadRow {
  readonly line: number;
  readonly reason: string;
  /** What it had, if that is still known. */
  readonly cells?: readonly string[];
}

/** As many are listed with their cells. */
export const MAX_LISTED = 10_000;
/** The titles of the columns that the file of bad rows has besides those of the file. */
export const BAD_ROW_TITLES = ['import_line', 'import_reason'];

/** The bad rows as CSV, in the columns of the file, so that they can be corrected and imported. */
export function badRowsCsv(bad: readonly BadRow[], titles: readonly string[]): string {
  const rows = bad.map(({ line, reason, cells = [] }) => [
    ...titles.map((_, index) => cells[index] ?? ''),
    ...[String(line), reason],
  ]);
  return [[...titles, ...BAD_ROW_TITLES], ...rows].map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
