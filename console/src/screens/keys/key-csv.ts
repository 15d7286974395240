import { RowSplitter, type Row } from '../../csv/rows';
import type { ProblemDetail } from '../../api/problem';

/** What a table of new keys has, as far as it can be seen before the server reads it. */
export interface KeyTable {
  readonly columns: readonly string[];
  /** The keys, with the lines that they begin at. */
  readonly rows: readonly KeyRow[];
  readonly problems: readonly LineProblem[];
}

export interface KeyRow {
  readonly line: number;
  readonly cells: readonly string[];
}

export interface LineProblem {
  readonly line: number;
  readonly text: string;
}

export const MAX_KEYS = 500;
const TYPES = ['write', 'read'];

/** Reads a table of new keys as the server does: separated by `,` or `;`, names of columns in the first row, empty rows left out. */
export function keyTableOf(text: string): KeyTable {
  const [head, ...body] = rowsOf(text);
  if (head === undefined) return { columns: [], rows: [], problems: [] };
  if ('problem' in head) return { columns: [], rows: [], problems: [{ line: head.line, text: head.problem }] };
  const columns = head.cells.map((cell) => cell.trim());
  const rows = body.flatMap((row) => ('cells' in row && row.cells.some((cell) => cell.trim() !== '') ? [row] : []));
  const problems = [
    ...['name', 'type']
      .filter((name) => !columns.includes(name))
      .map((name) => ({ line: head.line, text: `There is no column “${name}”` })),
    ...body.flatMap((row) => ('problem' in row ? [{ line: row.line, text: row.problem }] : [])),
    ...rows.flatMap((row) => problemsOf(row, columns)),
    ...rows
      .slice(MAX_KEYS, MAX_KEYS + 1)
      .map(({ line }) => ({ line, text: `At most ${MAX_KEYS} keys can be created at once` })),
  ];
  return { columns, rows, problems };
}

/** What the server says of rows, by their lines. What is about no row is left out. */
export function lineProblemsOf(details: readonly ProblemDetail[], rows: readonly KeyRow[]): LineProblem[] {
  return details.flatMap(({ path, message }) => {
    const index = path.find((part) => typeof part === 'number');
    const line = index === undefined ? undefined : rows[index]?.line;
    return line === undefined ? [] : [{ line, text: message }];
  });
}

function problemsOf({ line, cells }: KeyRow, columns: readonly string[]): LineProblem[] {
  const cell = (name: string) => (columns.includes(name) ? (cells[columns.indexOf(name)] ?? '').trim() : undefined);
  const [name, type] = [cell('name'), cell('type')];
  const texts = [
    cells.length !== columns.length && `It has ${cells.length} cells, and the first line ${columns.length}`,
    name === '' && 'The name is empty',
    type !== undefined && !TYPES.includes(type) && `The type is “${type}” and must be write or read`,
  ];
  return texts.filter((text) => typeof text === 'string').map((text) => ({ line, text }));
}

function rowsOf(text: string): Row[] {
  const separator = /^\uFEFF?sep=([,;])/i.exec(text)?.[1] ?? separatorOf(text.trimStart().split('\n', 1)[0] ?? '');
  const splitter = new RowSplitter({ encoding: 'utf-8', separator, lineEnd: '\n', firstLine: 1 });
  return [...splitter.push(new TextEncoder().encode(text)), ...splitter.end()];
}

function separatorOf(line: string): string {
  return /[,;]/.exec(line.replace(/"[^"]*"/g, ''))?.[0] ?? ',';
}
