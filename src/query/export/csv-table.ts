import { spreadsheetSafe } from '../../common/http/csv-answer';
import type { QueryRow } from '../query-answer';

/** How a table is written. */
export interface CsvStyle {
  readonly delimiter: string;
  readonly decimal: '.' | ',';
  /** Whether texts that a spreadsheet would run as formulas are escaped. */
  readonly excel: boolean;
}

/** The columns of a table, in order. */
export interface CsvColumns {
  /** The names of values: `temperature`, or `temperature.avg`. */
  readonly cells: readonly string[];
  /** The names of metadata, `json` for one column with all of it; undefined for groups, which have a column `count` instead. */
  readonly metadata: readonly string[] | 'json' | undefined;
}

const BEFORE = ['timestamp', 'dataSourceId', 'dataSource'];
const METADATA_PREFIX = 'metadata.';

/**
 * Writes rows as CSV (RFC 4180) whose columns are known before the first row. It is several times faster than a general writer:
 * numbers and times are never searched for quotes.
 */
export class CsvTable {
  private readonly needsQuotes: RegExp;
  /** The cells of a data source, by its id. */
  private readonly sources: ReadonlyMap<string, string>;
  private readonly metadataTexts = new WeakMap<object, string>();

  /** @param sourceNames the names of data sources by id */
  constructor(
    private readonly columns: CsvColumns,
    private readonly style: CsvStyle,
    sourceNames: ReadonlyMap<string, string>,
  ) {
    this.needsQuotes = new RegExp(`["\\r\\n${style.delimiter === '|' ? '\\|' : style.delimiter}]`);
    this.sources = new Map([...sourceNames].map(([id, name]) => [id, id + style.delimiter + this.text(name)]));
  }

  head(): string {
    const { cells, metadata } = this.columns;
    const after = metadata === 'json' ? ['metadata'] : (metadata ?? []).map((name) => METADATA_PREFIX + name);
    const names = [...BEFORE, ...(metadata === undefined ? ['count'] : []), ...cells, ...after];
    return `${names.map((name) => this.text(name)).join(this.style.delimiter)}\n`;
  }

  lines(rows: readonly QueryRow[]): string {
    let text = '';
    for (const row of rows) text += this.line(row);
    return text;
  }

  private line({ timestamp, dataSourceId, count, values, metadata }: QueryRow): string {
    const { delimiter } = this.style;
    let line = `${timestamp}${delimiter}${this.sources.get(dataSourceId)}`;
    if (this.columns.metadata === undefined) line += `${delimiter}${count ?? 0}`;
    for (const name of this.columns.cells) line += delimiter + this.cell(valueIn(values, name));
    return `${line}${this.metadataCells(metadata)}\n`;
  }

  /** The rows of a batch share an object for the same metadata. */
  private metadataCells(metadata: unknown): string {
    if (typeof metadata !== 'object' || metadata === null) return this.newMetadataCells(undefined);
    let text = this.metadataTexts.get(metadata);
    if (text === undefined) this.metadataTexts.set(metadata, (text = this.newMetadataCells(metadata)));
    return text;
  }

  private newMetadataCells(metadata: object | undefined): string {
    const { metadata: names } = this.columns;
    const { delimiter } = this.style;
    if (names === undefined) return '';
    const given = metadata as Readonly<Record<string, unknown>> | undefined;
    if (names === 'json') return delimiter + (given ? this.text(JSON.stringify(given)) : '');
    if (!given) return delimiter.repeat(names.length);
    return names.map((name) => delimiter + (Object.hasOwn(given, name) ? this.cell(given[name]) : '')).join('');
  }

  private cell(value: unknown): string {
    if (typeof value === 'number') return this.number(value);
    if (typeof value === 'string') return this.text(value);
    return typeof value === 'boolean' ? String(value) : '';
  }

  private number(value: number): string {
    return this.style.decimal === '.' ? String(value) : String(value).replace('.', ',');
  }

  private text(text: string): string {
    const shown = this.style.excel ? spreadsheetSafe(text) : text;
    return this.needsQuotes.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
  }
}

/** The value named `temperature`, or with several aggregations `temperature.avg`. Names of fields can contain dots. */
function valueIn(values: QueryRow['values'], name: string): unknown {
  if (Object.hasOwn(values, name)) return values[name];
  const dot = name.lastIndexOf('.');
  const field = dot === -1 ? undefined : values[name.slice(0, dot)];
  return typeof field === 'object' && field !== null
    ? (field as Readonly<Record<string, unknown>>)[name.slice(dot + 1)]
    : undefined;
}
