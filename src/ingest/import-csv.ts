import { afterSample, ImportError, optionOf, type ImportRecord, type Note, type Reading } from './import-file';
import type { Line } from './import-lines';
import { rowsOf } from './import-rows';
import { ImportTable, type RowSources } from './import-table';
import { SEPARATOR_LINE, type Row } from './row-reader';

const DELIMITERS = [',', ';', '\t', '|'];

/** How to read a CSV. */
export interface CsvReading extends Reading {
  /** The longest row. Default: 1 MiB. */
  readonly longestBytes?: number;
}

/**
 * Reads points from the lines of a CSV whose first line names the columns.
 *
 * @throws ImportError if the first line is invalid or names an unknown field
 */
export async function* csvRecords(
  lines: AsyncIterable<readonly Line[]>,
  sources: RowSources,
  reading: CsvReading,
  note: Note,
): AsyncGenerator<ImportRecord[]> {
  const { longestBytes } = reading;
  const delimiterOf = (header: string) => reading.delimiter ?? guessDelimiter(header, reading, note);
  const rows = rowsOf(lines, { delimiterOf, reading, ...(longestBytes !== undefined && { longestBytes }) });
  let table: ImportTable | undefined;
  const look = async ([header, ...sample]: readonly Row[]) => {
    if (!header) throw new ImportError('The file is empty: its first line must name the columns');
    table = new ImportTable(headerOf(header), sources, reading, note);
    await table.guess(sample);
  };
  let isHeader = true;
  for await (const some of afterSample(rows, look, lengthOf)) {
    if (!table) continue;
    yield await table.recordsOf(isHeader ? some.slice(1) : some);
    isHeader = false;
  }
}

function lengthOf(row: Row): number {
  return 'problem' in row ? 0 : row.cells.reduce((sum, { length }) => sum + length, 0);
}

function headerOf(row: Row): readonly string[] {
  if ('problem' in row) throw new ImportError(`Line ${row.line}: ${row.problem}`);
  if (row.cells.some((cell) => cell.includes('\r')))
    throw new ImportError('The lines of the file end in CR alone. Save it with LF or CRLF');
  return row.cells;
}

function guessDelimiter(header: string, reading: Reading, note: Note): string {
  const named = SEPARATOR_LINE.exec(header)?.[1];
  if (named !== undefined) return named;
  const unquoted = header.replace(/"(?:[^"]|"")*"/g, '');
  const countOf = (delimiter: string) => unquoted.split(delimiter).length;
  const best = DELIMITERS.reduce((one, other) => (countOf(other) > countOf(one) ? other : one));
  const option = optionOf(reading, 'delimiter');
  if (best !== ',')
    note(
      `Cells are separated by ${best === '\t' ? 'tabs' : best}, as the first line suggests. ${option} sets another.`,
    );
  return best;
}
