/** The longest row of a CSV. */
export const LONGEST_RECORD_BYTES = 1_048_576;

/** One row of a CSV with the number of its first line: its cells, or why it is invalid. */
export type Row =
  { readonly line: number; readonly cells: string[] } | { readonly line: number; readonly problem: string };

/** A line without its line feed, and its length in bytes; or why it cannot be read. */
export type TextLine =
  | { readonly number: number; readonly text: string; readonly length: number }
  | { readonly number: number; readonly problem: string };

/** The line with the delimiter that Excel writes before the header. */
export const SEPARATOR_LINE = /^sep=(.)\r?$/i;
/** Marks a row that continues on the next line. */
const OPEN = 'open';
const NEVER_CLOSED = 'It is not CSV: a quote that begins here is never closed';
const AFTER_QUOTE = 'It is not CSV: text follows a closing quote';
const STRAY_QUOTE = 'It is not CSV: a quote stands within a cell that does not begin with one';

/**
 * Reads the rows of a CSV from its lines (RFC 4180): quoted cells may contain delimiters, line breaks and doubled quotes. A line that is not
 * part of a valid row is reported, and the next line starts a new row. Empty lines are skipped. The console uses it too: nothing here needs
 * Node.
 */
export class RowReader {
  /** The lines of the incomplete row. */
  private open: TextLine[] = [];
  private openLength = 0;
  private cells: string[] = [];
  private cell = '';

  constructor(
    private readonly delimiter: string,
    private readonly longestBytes = LONGEST_RECORD_BYTES,
  ) {}

  /** Reads a line, and adds the rows that it completes. */
  add(line: TextLine, rows: Row[]): void {
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
  private read(line: TextLine): Row | undefined {
    const first = this.open[0]?.number ?? line.number;
    this.open.push(line);
    if ('problem' in line) return { line: first, problem: this.open.length === 1 ? line.problem : NEVER_CLOSED };
    const { text } = line;
    this.openLength += line.length + 1;
    if (this.openLength > this.longestBytes) return { line: first, problem: tooLong(this.longestBytes) };
    if (this.open.length === 1 && isEmptyLine(text)) return this.reset();
    const problem = this.split(text);
    if (problem === OPEN) return undefined;
    if (problem !== undefined) return { line: first, problem };
    const { cells } = this;
    this.reset();
    return { line: first, cells };
  }

  /** Discards the incomplete row. Returns its lines after the first, in reverse order. */
  private discard(): TextLine[] {
    const rest = this.open.slice(1).reverse();
    this.reset();
    return rest;
  }

  private reset(): undefined {
    this.open = [];
    this.openLength = 0;
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

/** The problem of a row or a line that is longer than this. */
export function tooLong(bytes: number): string {
  return `It is longer than ${bytes} bytes`;
}

/** Whether a line has no cells. */
export function isEmptyLine(text: string): boolean {
  return text === '' || text === '\r';
}
