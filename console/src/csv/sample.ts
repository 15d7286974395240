import { hasDecimalComma, type Decimal } from '../../../src/ingest/import-cells';
import { SEPARATOR_LINE } from '../../../src/ingest/row-reader';
import { encodingOf, type Encoding } from './encoding';
import { RowSplitter, type Row, type RowOptions } from './rows';
import { timeFormatOf } from './time-format';

export const SEPARATORS = [',', ';', '\t', '|'] as const;
export const SEPARATOR_NAMES: Readonly<Record<string, string>> = {
  ',': 'Comma',
  ';': 'Semicolon',
  '\t': 'Tab',
  '|': 'Vertical bar',
};
/** As many bytes as the first look at a file needs. */
export const SAMPLE_BYTES = 524_288;
const MAX_ROWS = 2000;
/** Looking at more of them would take longer than a person waits for a key press. */
const MAX_CELLS = 30_000;
const ROWS_FOR_SEPARATOR = 50;

/** What a person has set by hand. */
export interface Chosen {
  readonly encoding?: Encoding;
  readonly separator?: string;
  readonly decimal?: Decimal;
  readonly hasHeader?: boolean;
  readonly firstLine?: number;
}

type CellRow = Extract<Row, { cells: string[] }>;

/** The beginning of a file, and how it is read. */
export interface Sample extends RowOptions {
  readonly decimal: Decimal;
  readonly hasHeader: boolean;
  /** The names of the columns: of the first row, or `Column 1` and so on. */
  readonly names: readonly string[];
  /** The rows below the header that have cells. */
  readonly rows: readonly CellRow[];
}

/**
 * Finds out how a file is read, by its first bytes.
 *
 * @param isWhole whether these bytes are the whole file. Otherwise the last row is cut off, and left out
 */
export function sampleOf(bytes: Uint8Array, isWhole: boolean, chosen: Chosen = {}): Sample {
  const encoding = chosen.encoding ?? encodingOf(bytes);
  const text = new TextDecoder(encoding).decode(bytes);
  const lineEnd = !text.includes('\n') && text.includes('\r') ? '\r' : '\n';
  const { firstLine: from = 1 } = chosen;
  const rowsWith = (separator: string) => cellRows(bytes, isWhole, { encoding, separator, lineEnd, firstLine: from });
  const separator = chosen.separator ?? separatorOf(text, rowsWith);
  const found = rowsWith(separator);
  const above = chosen.firstLine === undefined ? rowsAbove(found) : 0;
  const all = found.slice(above);
  const firstLine = above === 0 ? from : (all[0]?.line ?? 1);
  const decimal = chosen.decimal ?? (hasDecimalComma(all.flatMap(({ cells }) => cells)) ? ',' : '.');
  const hasHeader = chosen.hasHeader ?? looksLikeHeader(all);
  const width = Math.max(0, ...all.slice(0, ROWS_FOR_SEPARATOR).map(({ cells }) => cells.length));
  const header = hasHeader ? (all[0]?.cells ?? []) : Array.from({ length: width }, (_, index) => `Column ${index + 1}`);
  const names = header.map((name, index) => name.trim() || `Column ${index + 1}`);
  const rows = hasHeader ? all.slice(1) : all;
  return { encoding, separator, lineEnd, firstLine, decimal, hasHeader, names, rows };
}

function cellRows(bytes: Uint8Array, isWhole: boolean, options: RowOptions): CellRow[] {
  const splitter = new RowSplitter(options);
  const rows = splitter.push(bytes);
  if (isWhole) rows.push(...splitter.end());
  const withCells = rows.filter((row) => 'cells' in row);
  const widest = Math.max(1, ...withCells.slice(0, ROWS_FOR_SEPARATOR).map(({ cells }) => cells.length));
  return withCells.slice(0, Math.min(MAX_ROWS, Math.ceil(MAX_CELLS / widest)));
}

/** The separator that splits most rows into the same number of cells, and into the most of them. */
function separatorOf(text: string, rowsWith: (separator: string) => CellRow[]): string {
  const named = SEPARATOR_LINE.exec(
    text
      .slice(0, 20)
      .split(/\r?\n/)[0]
      ?.replace(/^\uFEFF/, '') ?? '',
  )?.[1];
  if (named !== undefined) return named;
  const scores = SEPARATORS.map((separator) => {
    const counts = rowsWith(separator)
      .slice(0, ROWS_FOR_SEPARATOR)
      .map(({ cells }) => cells.length);
    const usual = mostFrequent(counts);
    const share = counts.filter((count) => count === usual).length / Math.max(1, counts.length);
    return { separator, score: usual > 1 ? share * share * Math.sqrt(usual) : 0 };
  });
  return scores.reduce((best, one) => (one.score > best.score ? one : best)).separator;
}

function mostFrequent(counts: readonly number[]): number {
  const times = new Map<number, number>();
  for (const count of counts) times.set(count, (times.get(count) ?? 0) + 1);
  return [...times].reduce((best, one) => (one[1] > best[1] ? one : best), [0, 0])[0];
}

const MAX_ABOVE = 30;

/** How many rows stand above the table, as data loggers write them: comments, and rows with fewer cells that are no names. */
function rowsAbove(rows: readonly CellRow[]): number {
  const usual = mostFrequent(rows.slice(0, ROWS_FOR_SEPARATOR).map(({ cells }) => cells.length));
  const isOfTable = (row: CellRow) => {
    const count = row.cells.length;
    const hasCells = count >= usual || (count > usual / 2 && looksLikeHeader([row]));
    return hasCells && row.cells[0]?.startsWith('#') !== true;
  };
  const first = rows.slice(0, MAX_ABOVE).findIndex(isOfTable);
  return usual < 2 || first === -1 ? 0 : first;
}

const NUMERIC = /^\s*[+-]?[\d.,]*\d\s*$/;

/** The first row names the columns if it has no number and no time. */
function looksLikeHeader(rows: readonly CellRow[]): boolean {
  const cells = rows[0]?.cells ?? [];
  return cells.length > 0 && !cells.some((cell) => NUMERIC.test(cell) || timeFormatOf([cell]) !== undefined);
}
