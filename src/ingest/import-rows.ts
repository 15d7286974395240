import { unreadable, type Line } from './import-lines';

/** Longest row of a table. */
export const LONGEST_RECORD_BYTES = 1_048_576;

/** One row of a table, by the number of its first line: its cells, or why it has none. */
export type Row =
  { readonly line: number; readonly cells: string[] } | { readonly line: number; readonly problem: string };

/** What Excel writes before the header: it names the delimiter. */
export const SEPARATOR_LINE = /^sep=(.)\r?$/i;
/** Stands for a row that the next line goes on with. */
const OPEN = 'open';
const NEVER_CLOSED = 'It is not CSV: a quote that begins here is never closed';
const AFTER_QUOTE = 'It is not CSV: text follows a closing quote';
const STRAY_QUOTE = 'It is not CSV: a quote stands within a cell that does not begin with one';

/**
 * The rows of a table (RFC 4180): cells in quotes may hold delimiters, line ends and doubled quotes. A line that is no part of
 * a row is told by itself, and the next one is read as the beginning of a row. Empty lines are passed over.
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
  /** The lines of the row that is not complete. */
  private open: Line[] = [];
  private openBytes = 0;
  private cells: string[] = [];
  private cell = '';

  constructor(private readonly delimiter: string) {}

  /** Reads a line. What it completes goes to the rows. */
  add(line: Line, rows: Row[]): void {
    // The last one is read next.
    const todo = [line];
    for (let next = todo.pop(); next; next = todo.pop()) {
      const row = this.read(next);
      if (row) rows.push(row);
      if (row && 'problem' in row) for (const left of this.leaveOut()) todo.push(left);
    }
  }

  end(rows: Row[]): void {
    while (this.open[0]) {
      rows.push({ line: this.open[0].number, problem: NEVER_CLOSED });
      for (const line of this.leaveOut().reverse()) this.add(line, rows);
    }
  }

  /** Gives a row where a line completes one or cannot be part of one. */
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

  /** Forgets the row that is open. Gives its lines behind the first one, the next one last. */
  private leaveOut(): Line[] {
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

  /** Adds the cells of a line to the row. Gives what is wrong with it, or `OPEN`. */
  private split(text: string): string | undefined {
    const line = text.endsWith('\r') ? text.slice(0, -1) : text;
    const goesOn = this.open.length > 1;
    if (!goesOn && !line.includes('"')) {
      this.cells = line.split(this.delimiter);
      return undefined;
    }
    for (let at = 0, inQuotes = goesOn; ;) {
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

  /** Adds what is in quotes to the cell. Gives the place behind the closing quote, or undefined where there is none. */
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
