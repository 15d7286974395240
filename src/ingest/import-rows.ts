import { unreadable, type Line } from './import-lines';

/** The longest row of a CSV. */
export const LONGEST_RECORD_BYTES = 1_048_576;

/** One row of a CSV with the number of its first line: its cells, or why it is invalid. */
export type Row =
  { readonly line: number; readonly cells: string[] } | { readonly line: number; readonly problem: string };

/** The line with the delimiter that Excel writes before the header. */
export const SEPARATOR_LINE = /^sep=(.)\r?$/i;
/** Marks a row that continues on the next line. */
const OPEN = 'open';
const NEVER_CLOSED = 'It is not CSV: a quote that begins here is never closed';
const AFTER_QUOTE = 'It is not CSV: text follows a closing quote';
const STRAY_QUOTE = 'It is not CSV: a quote stands within a cell that does not begin with one';

/**
 * The rows of a CSV (RFC 4180): quoted cells may contain delimiters, line breaks and doubled quotes. A line that is not part of a
 * valid row is reported, and the next line starts a new row. Empty lines are skipped.
 */
export async function* rowsOf(
  lines: AsyncIterable<readonly Line[]>,
  delimiterOf: (header: string) => string,
): AsyncGenerator<Row[]> {
  let reader: RowReader | undefined;
  for await (const some of lines) {
    const rows: Row[] = [];
    for (const line of some) {
      if (!reader) {
        const header = typeof line.bytes === 'string' ? '' : line.bytes.toString();
        if (typeof line.bytes !== 'string' && isEmpty(header)) continue;
        reader = new RowReader(delimiterOf(header));
        if (SEPARATOR_LINE.test(header)) continue;
      }
      reader.add(line, rows);
    }
    if (rows.length > 0) yield rows;
  }
  const last: Row[] = [];
  reader?.end(last);
  if (last.length > 0) yield last;
}

function isEmpty(text: string): boolean {
  return text === '' || text === '\r';
}

class RowReader {
  /** The lines of the incomplete row. */
  private open: Line[] = [];
  private openBytes = 0;
  private cells: string[] = [];
  private cell = '';

  constructor(private readonly delimiter: string) {}

  /** Reads a line, and adds the rows that it completes. */
  add(line: Line, rows: Row[]): void {
    // A stack: the last line is read next.
    const todo = [line];
    for (let next = todo.pop(); next; next = todo.pop()) {
      const row = this.read(next);
      if (row) rows.push(row);
      if (row && 'problem' in row) for (const left of this.discard()) todo.push(left);
    }
  }

  end(rows: Row[]): void {
    while (this.open[0]) {
      rows.push({ line: this.open[0].number, problem: NEVER_CLOSED });
      for (const line of this.discard().reverse()) this.add(line, rows);
    }
  }

  /** Returns a row if the line completes one or is invalid. */
  private read(line: Line): Row | undefined {
    const first = this.open[0]?.number ?? line.number;
    this.open.push(line);
    if (typeof line.bytes === 'string') {
      const isOwn = this.open.length === 1;
      return { line: first, problem: isOwn ? unreadable(line.bytes, LONGEST_RECORD_BYTES) : NEVER_CLOSED };
    }
    this.openBytes += line.bytes.length + 1;
    if (this.openBytes > LONGEST_RECORD_BYTES)
      return { line: first, problem: unreadable('too long', LONGEST_RECORD_BYTES) };
    const text = line.bytes.toString();
    if (this.open.length === 1 && isEmpty(text)) return this.reset();
    const problem = this.split(text);
    if (problem === OPEN) return undefined;
    if (problem !== undefined) return { line: first, problem };
    const { cells } = this;
    this.reset();
    return { line: first, cells };
  }

  /** Discards the incomplete row. Returns its lines after the first, in reverse order. */
  private discard(): Line[] {
    const rest = this.open.slice(1).reverse();
    this.reset();
    return rest;
  }

  private reset(): undefined {
    this.open = [];
    this.openBytes = 0;
    this.cells = [];
    this.cell = '';
  }

  /** Adds the cells of a line to the row. Returns a problem, `OPEN`, or undefined if the row is complete. */
  private split(text: string): string | undefined {
    const line = text.endsWith('\r') ? text.slice(0, -1) : text;
    const continuesRow = this.open.length > 1;
    if (!continuesRow && !line.includes('"')) {
      this.cells = line.split(this.delimiter);
      return undefined;
    }
    for (let at = 0, inQuotes = continuesRow; ;) {
      if (!inQuotes && line[at] === '"') [at, inQuotes] = [at + 1, true];
      if (inQuotes) {
        const end = this.takeQuoted(line, at);
        if (end === undefined) {
          this.cell += text.slice(line.length) + '\n';
          return OPEN;
        }
        at = end;
        inQuotes = false;
        if (at < line.length && !line.startsWith(this.delimiter, at)) return AFTER_QUOTE;
      } else {
        const end = line.indexOf(this.delimiter, at);
        this.cell = line.slice(at, end === -1 ? line.length : end);
        if (this.cell.includes('"')) return STRAY_QUOTE;
        at = end === -1 ? line.length : end;
      }
      this.cells.push(this.cell);
      this.cell = '';
      if (at === line.length) return undefined;
      at += this.delimiter.length;
    }
  }

  /** Adds quoted text to the cell. Returns the position after the closing quote, or undefined without one. */
  private takeQuoted(line: string, from: number): number | undefined {
    for (let at = from; ;) {
      const quote = line.indexOf('"', at);
      this.cell += line.slice(at, quote === -1 ? line.length : quote);
      if (quote === -1) return undefined;
      if (line[quote + 1] !== '"') return quote + 1;
      this.cell += '"';
      at = quote + 2;
    }
  }
}
