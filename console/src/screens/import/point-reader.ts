import { readCell, type Decimal } from '../../../../src/ingest/import-cells';
import type { Row } from '../../csv/rows';
import type { TimeFormat } from '../../csv/time-format';
import { TimeReader } from '../../csv/time-reader';
import type { Column } from './columns';

/** How the rows of a file become points. */
export interface Reading {
  readonly columns: readonly Column[];
  readonly decimal: Decimal;
  readonly format: TimeFormat;
  /** Of times that name no offset. */
  readonly zone: string;
  /** Whether the newest row is first. */
  readonly isDescending: boolean;
}

export type Value = number | boolean | string;

/** What is wrong with a cell, or with the row where no column is named. */
export interface CellProblem {
  readonly column: number | undefined;
  readonly message: string;
}

/** A row as it will be stored. It is stored only without problems. */
export interface ReadRow {
  readonly line: number;
  readonly cells: readonly string[];
  readonly at: number | undefined;
  /** The name of its data source; empty where there is one for all. */
  readonly source: string;
  readonly values: Readonly<Record<string, Value>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly problems: readonly CellProblem[];
}

/** What programs write where there is no value. */
const MISSING = new Set(['', 'nan', 'na', 'n/a', '#n/a', 'null', 'none', '-', '–', 'unavailable', 'unknown']);
const NO_PROBLEMS: readonly CellProblem[] = [];
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const MAX_SOURCE_NAME = 100;

/** Whether a cell says that there is no number or boolean. */
export function isMissing(cell: string): boolean {
  return MISSING.has(cell.trim().toLowerCase());
}

/** Reads the rows of a file in their order. */
export class PointReader {
  private readonly times: TimeReader;
  private readonly time: number;
  private readonly clock: number;
  private readonly source: number;

  /** @param last the time of the row before, where reading goes on in the middle of a file */
  constructor(
    private readonly reading: Reading,
    last?: number,
  ) {
    const { columns, format, zone, isDescending } = reading;
    this.times = new TimeReader({ format, zone, isDescending, last });
    const indexOf = (wanted: Column['use']) => columns.findIndex(({ use }) => use === wanted);
    [this.time, this.clock, this.source] = [indexOf('time'), indexOf('clock'), indexOf('source')];
  }

  get lastRead(): number | undefined {
    return this.times.lastRead;
  }

  read(row: Row): ReadRow {
    if ('problem' in row) return refused(row.line, [], row.problem);
    const { line, cells } = row;
    const width = this.reading.columns.length;
    // Some programs end each row with a separator.
    const hasMore = cells.length > width && cells.slice(width).some((cell) => cell !== '');
    if (cells.length < width || hasMore)
      return refused(line, cells, `It has ${cells.length} cells instead of ${width}`);
    const problems: CellProblem[] = [];
    const note = (column: number | undefined, message: string) => problems.push({ column, message });
    const at = this.readTime(cells, note);
    const source = this.source === -1 ? '' : (cells[this.source]?.trim() ?? '');
    if (this.source !== -1 && source === '') note(this.source, 'It names no data source');
    if (source.length > MAX_SOURCE_NAME) note(this.source, 'The name of a data source has up to 100 characters');
    const { values, metadata } = this.readOthers(cells, note);
    if (problems.length === 0 && Object.keys(values).length === 0) note(undefined, 'It has no value');
    return { line, cells, at, source, values, metadata, problems: problems.length === 0 ? NO_PROBLEMS : problems };
  }

  private readTime(cells: readonly string[], note: (column: number, message: string) => void): number | undefined {
    const date = cells[this.time] ?? '';
    const read = this.times.read(this.clock === -1 ? date : `${date.trim()} ${cells[this.clock]?.trim() ?? ''}`);
    if (typeof read === 'number' && read >= 0 && read <= LATEST) return read;
    note(this.time, typeof read === 'string' ? read : 'A time is between 1970 and 9999');
    return undefined;
  }

  private readOthers(cells: readonly string[], note: (column: number, message: string) => void) {
    const { columns, decimal } = this.reading;
    const values: Record<string, Value> = {};
    const metadata: Record<string, string> = {};
    for (const [index, { use, name, type }] of columns.entries()) {
      const cell = cells[index] ?? '';
      if (cell === '') continue;
      if (use === 'metadata') metadata[name] = cell;
      if (use !== 'value' || (type !== 'string' && isMissing(cell))) continue;
      const value = readCell(cell, type, decimal);
      if (typeof value === type) values[name] = value as Value;
      else note(index, problemOf(cell, type, value));
    }
    return { values, metadata };
  }
}

const WANTED = { number: 'a number', boolean: 'true or false', string: 'a text' };
const MAX_SHOWN = 40;

function problemOf(cell: string, type: Column['type'], read: unknown): string {
  if (typeof read === 'bigint') return `${cell.trim()} would be rounded: import the column as text`;
  const shown = cell.length > MAX_SHOWN ? `${cell.slice(0, MAX_SHOWN)}…` : cell;
  return `“${shown}” is not ${WANTED[type]}`;
}

function refused(line: number, cells: readonly string[], message: string): ReadRow {
  return {
    ...{ line, cells, at: undefined, source: '', values: {}, metadata: {} },
    problems: [{ column: undefined, message }],
  };
}
