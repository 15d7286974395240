import { shortName } from '../common/errors';
import { parseExactly } from '../common/http/exact-integers';
import { findHarmfulName, isHarmfulName } from '../common/harmful-names';
import type { Schema } from '../sources/schema';
import { hasDecimalComma, readCell, type Decimal } from './import-cells';
import { afterSample, ImportError, type ImportFile, type ImportRecord, type Note } from './import-file';
import type { Line } from './import-lines';
import { rowsOf } from './import-rows';
import { SEPARATOR_LINE, type Row } from './row-reader';
import { ImportTimes } from './import-times';

/** Names of the time column if `--time` is not given. */
export const TIME_COLUMNS = ['timestamp', 'time'];
/** Columns of the server's CSV responses that are not part of a point. */
const IGNORED_COLUMNS = new Set(['_id', 'dataSourceId', 'dataSource']);
const METADATA_PREFIX = 'metadata.';
const DELIMITERS = [',', ';', '\t', '|'];

/**
 * Reads points from the lines of a CSV whose first line names the columns.
 *
 * @throws ImportError if the first line is invalid or names an unknown field
 */
export async function* csvRecords(
  lines: AsyncIterable<readonly Line[]>,
  schema: Schema,
  file: ImportFile,
  note: Note,
): AsyncGenerator<ImportRecord[]> {
  let table: Table | undefined;
  const rows = rowsOf(lines, (header) => file.delimiter ?? guessDelimiter(header, note));
  const look = ([header, ...sample]: readonly Row[]) => {
    if (!header) throw new ImportError('The file is empty: its first line must name the columns');
    table = new Table(headerOf(header), schema, file, note);
    table.guess(sample);
  };
  let isHeader = true;
  for await (const some of afterSample(rows, look)) {
    const own = table;
    if (!own) continue;
    const records = (isHeader ? some.slice(1) : some).map((row) =>
      'problem' in row ? row : { line: row.line, ...own.pointOf(row.cells) },
    );
    isHeader = false;
    yield records;
  }
}

function headerOf(row: Row): readonly string[] {
  if ('problem' in row) throw new ImportError(`Line ${row.line}: ${row.problem}`);
  if (row.cells.some((cell) => cell.includes('\r')))
    throw new ImportError('The lines of the file end in CR alone. Save it with LF or CRLF');
  return row.cells;
}

function guessDelimiter(header: string, note: Note): string {
  const named = SEPARATOR_LINE.exec(header)?.[1];
  if (named !== undefined) return named;
  const unquoted = header.replace(/"(?:[^"]|"")*"/g, '');
  const countOf = (delimiter: string) => unquoted.split(delimiter).length;
  const best = DELIMITERS.reduce((one, other) => (countOf(other) > countOf(one) ? other : one));
  if (best !== ',')
    note(
      `Cells are separated by ${best === '\t' ? 'tabs' : best}, as the first line suggests. --delimiter sets another.`,
    );
  return best;
}

/** Converts rows to points. Each cell is read as the type in the schema; empty cells are skipped. */
class Table {
  private readonly header: readonly string[];
  private readonly timeColumn: number;
  private readonly types: ReadonlyMap<string, Schema[number]['type']>;
  private readonly times: ImportTimes;
  private decimal: Decimal;

  constructor(
    header: readonly string[],
    schema: Schema,
    private readonly file: ImportFile,
    private readonly note: Note,
  ) {
    this.types = new Map(schema.map(({ name, type }) => [name, type]));
    this.header = header.map((name) => (this.types.has(name) ? name : name.trim()));
    this.timeColumn = this.findTimeColumn();
    this.checkNames();
    this.times = new ImportTimes(file.precision);
    this.decimal = file.decimal ?? '.';
  }

  /** Detects the options that are not given from the first rows. */
  guess(sample: readonly Row[]): void {
    const rows = sample.flatMap((row) => ('cells' in row ? [row.cells] : []));
    const numbers = this.header.flatMap((name, index) =>
      this.types.get(name) === 'number' ? rows.map((cells) => cells[index] ?? '') : [],
    );
    if (this.file.decimal === undefined && hasDecimalComma(numbers)) {
      this.decimal = ',';
      this.note('Numbers are read with a decimal comma, as the first rows suggest. --decimal sets another sign.');
    }
    this.times.guess(
      rows.map((cells) => this.timeOf(cells)),
      this.note,
    );
  }

  pointOf(cells: readonly string[]): Omit<ImportRecord, 'line'> {
    const { header } = this;
    if (cells.length !== header.length)
      return { problem: `It has ${cells.length} cells, and the first line names ${header.length} columns` };
    const time = this.times.read(this.timeOf(cells));
    if ('problem' in time) return time;
    const values: Record<string, unknown> = {};
    const metadata: Record<string, unknown> = {};
    let whole: unknown;
    for (const [index, name] of header.entries()) {
      const cell = cells[index] ?? '';
      if (cell === '' || index === this.timeColumn) continue;
      const type = this.types.get(name);
      if (type !== undefined) values[name] = readCell(cell, type, this.decimal);
      else if (name === 'metadata') whole = readJsonCell(cell);
      else if (name.startsWith(METADATA_PREFIX)) metadata[name.slice(METADATA_PREFIX.length)] = cell;
    }
    return rejectHarmfulNames({ ...time, values, metadata: whole ?? metadata });
  }

  /** Times can have a decimal comma too. */
  private timeOf(cells: readonly string[]): string | undefined {
    const cell = cells[this.timeColumn] ?? '';
    if (cell === '') return undefined;
    return /^\s*\d+,\d+\s*$/.test(cell) ? cell.replace(',', '.') : cell;
  }

  private findTimeColumn(): number {
    const { time } = this.file;
    const name = time ?? TIME_COLUMNS.find((one) => this.header.includes(one));
    const index = name === undefined ? -1 : this.header.indexOf(name);
    if (index === -1)
      throw new ImportError(
        `The first line names no column ${time ?? 'timestamp'}. Say --time with the column of the time`,
      );
    return index;
  }

  private checkNames(): void {
    const { header } = this;
    const isKnown = (name: string, index: number) =>
      this.types.has(name) ||
      index === this.timeColumn ||
      name === 'metadata' ||
      name.startsWith(METADATA_PREFIX) ||
      IGNORED_COLUMNS.has(name);
    const unknown = header.find((name, index) => !isKnown(name, index));
    if (unknown !== undefined) throw new ImportError(`The data source has no field ${shortName(unknown)}`);
    const repeated = header.find((name, index) => header.indexOf(name) !== index);
    if (repeated !== undefined) throw new ImportError(`The first line names ${shortName(repeated)} twice`);
    const harmful = header.find((name) => isHarmfulName(name.replace(METADATA_PREFIX, '')));
    if (harmful !== undefined)
      throw new ImportError(`The first line names ${harmful}, which metadata cannot be called`);
  }
}

/** Reads JSON such as `{ "device": "a" }`. Returns invalid JSON as text, and the check of the metadata rejects it. */
function readJsonCell(cell: string): unknown {
  try {
    return parseExactly(cell);
  } catch {
    return cell;
  }
}

/** Rejects names such as `__proto__`, as the API does: code that copies the point could change a prototype. */
export function rejectHarmfulNames(point: object): Omit<ImportRecord, 'line'> {
  const path = findHarmfulName(point);
  return path ? { problem: `Unknown property: ${path.at(-1)}` } : { point };
}
