import { shortName } from '../common/errors';
import { parseExactly } from '../common/http/exact-integers';
import { findHarmfulName, isHarmfulName } from '../common/harmful-names';
import type { FieldType, Schema } from '../sources/schema';
import { hasDecimalComma, readCell, type Decimal } from './import-cells';
import { ImportError, optionOf, type ImportRecord, type Note, type Reading } from './import-file';
import { ImportTimes } from './import-times';
import type { Row } from './row-reader';

/** Names of the time column if the option `time` is not given. */
export const TIME_COLUMNS = ['timestamp', 'time'];
const SOURCE_COLUMN = 'dataSourceId';
/** Columns of the server's CSV responses that are not part of a point. */
const IGNORED_COLUMNS = new Set(['_id', SOURCE_COLUMN, 'dataSource']);
const METADATA_PREFIX = 'metadata.';

/** The data sources of rows. */
export interface RowSources {
  /** The schema for rows that name no data source. Undefined: each row must name one. */
  readonly own: Schema | undefined;
  /**
   * The schemas of data sources, by id, or why a row cannot be stored in one. If it is present, a column `dataSourceId` names the data
   * source of each row. Otherwise that column is ignored.
   */
  readonly named?: (ids: readonly string[]) => Promise<ReadonlyMap<string, Schema | string>>;
}

type Types = ReadonlyMap<string, FieldType>;
/** What the cells of a row are read as: the types of its data source, or why it cannot be read. */
type Target = { readonly types: Types; readonly id?: string } | { readonly problem: string };

/** Converts rows to points. Each cell is read as the type in the schema of its data source; empty cells are skipped. */
export class ImportTable {
  private readonly header: readonly string[];
  private readonly timeColumn: number;
  private readonly sourceColumn: number;
  private readonly own: Types | undefined;
  private readonly times: ImportTimes;
  private decimal: Decimal;

  /** @throws ImportError if the header is invalid */
  constructor(
    header: readonly string[],
    private readonly sources: RowSources,
    private readonly reading: Reading,
    private readonly note: Note,
  ) {
    const own = sources.own && typesOf(sources.own);
    this.header = header.map((name) => (own?.has(name) ? name : name.trim()));
    this.timeColumn = this.findTimeColumn();
    this.sourceColumn = sources.named ? this.header.indexOf(SOURCE_COLUMN) : -1;
    // A file with several data sources has columns that some of them do not have.
    this.own = this.sourceColumn === -1 ? own : undefined;
    if (this.sourceColumn === -1 && !own)
      throw new ImportError(
        'The first line names no column dataSourceId. Add it, or name the data source with ?dataSourceId=',
      );
    this.checkNames();
    this.times = new ImportTimes(reading);
    this.decimal = reading.decimal ?? '.';
  }

  /** Detects the options that are not given from the first rows. */
  async guess(sample: readonly Row[]): Promise<void> {
    const targets = await this.targetsOf(sample);
    const rows = sample.flatMap((row) => ('cells' in row ? [row.cells] : []));
    const numbers = rows.flatMap((cells) => {
      const target = targets(cells);
      return 'types' in target
        ? cells.filter((_cell, index) => target.types.get(this.header[index] ?? '') === 'number')
        : [];
    });
    if (this.reading.decimal === undefined && hasDecimalComma(numbers)) {
      this.decimal = ',';
      const option = optionOf(this.reading, 'decimal');
      this.note(`Numbers are read with a decimal comma, as the first rows suggest. ${option} sets another sign.`);
    }
    this.times.guess(
      rows.map((cells) => this.timeOf(cells)),
      this.note,
    );
  }

  async recordsOf(rows: readonly Row[]): Promise<ImportRecord[]> {
    const targets = await this.targetsOf(rows);
    return rows.map((row) => ('problem' in row ? row : { line: row.line, ...this.pointOf(row.cells, targets) }));
  }

  /** Finds the data sources of some rows together. */
  private async targetsOf(rows: readonly Row[]): Promise<(cells: readonly string[]) => Target> {
    const { own, sourceColumn } = this;
    if (own) return () => ({ types: own });
    const idIn = (cells: readonly string[]) => (cells[sourceColumn] ?? '').trim().toLowerCase();
    const ids = new Set(rows.flatMap((row) => ('cells' in row ? [idIn(row.cells)] : [])).filter((id) => id !== ''));
    const targets = new Map<string, Target>();
    for (const [id, schema] of (await this.sources.named?.([...ids])) ?? [])
      targets.set(id, typeof schema === 'string' ? { problem: schema } : { types: typesOf(schema), id });
    return (cells) => targets.get(idIn(cells)) ?? { problem: 'It names no data source' };
  }

  private pointOf(cells: readonly string[], targets: (cells: readonly string[]) => Target): Omit<ImportRecord, 'line'> {
    const { header } = this;
    if (cells.length !== header.length)
      return { problem: `It has ${cells.length} cells, and the first line names ${header.length} columns` };
    const target = targets(cells);
    if ('problem' in target) return target;
    const time = this.times.read(this.timeOf(cells));
    if ('problem' in time) return time;
    const values: Record<string, unknown> = {};
    const metadata: Record<string, unknown> = {};
    let whole: unknown;
    for (const [index, name] of header.entries()) {
      const cell = cells[index] ?? '';
      if (cell === '' || index === this.timeColumn) continue;
      const type = target.types.get(name);
      if (type !== undefined) values[name] = readCell(cell, type, this.decimal);
      else if (name === 'metadata') whole = readJsonCell(cell);
      else if (name.startsWith(METADATA_PREFIX)) metadata[name.slice(METADATA_PREFIX.length)] = cell;
      else if (!IGNORED_COLUMNS.has(name)) return { problem: `The data source has no field ${shortName(name)}` };
    }
    const source = target.id === undefined ? {} : { dataSourceId: target.id };
    return rejectHarmfulNames({ ...source, ...time, values, metadata: whole ?? metadata });
  }

  /** Times can have a decimal comma too. */
  private timeOf(cells: readonly string[]): string | undefined {
    const cell = cells[this.timeColumn] ?? '';
    if (cell === '') return undefined;
    return /^\s*\d+,\d+\s*$/.test(cell) ? cell.replace(',', '.') : cell;
  }

  private findTimeColumn(): number {
    const { time } = this.reading;
    const name = time ?? TIME_COLUMNS.find((one) => this.header.includes(one));
    const index = name === undefined ? -1 : this.header.indexOf(name);
    const option = optionOf(this.reading, 'time');
    if (index === -1)
      throw new ImportError(
        `The first line names no column ${shortName(time ?? 'timestamp')}. Say ${option} with the column of the time`,
      );
    return index;
  }

  private checkNames(): void {
    const { header, own } = this;
    const isKnown = (name: string, index: number) =>
      own?.has(name) === true ||
      index === this.timeColumn ||
      name === 'metadata' ||
      name.startsWith(METADATA_PREFIX) ||
      IGNORED_COLUMNS.has(name);
    const unknown = own && header.find((name, index) => !isKnown(name, index));
    if (unknown !== undefined) throw new ImportError(`The data source has no field ${shortName(unknown)}`);
    const seen = new Set<string>();
    const repeated = header.find((name) => seen.size === seen.add(name).size);
    if (repeated !== undefined) throw new ImportError(`The first line names ${shortName(repeated)} twice`);
    const harmful = header.find((name) => isHarmfulName(name.replace(METADATA_PREFIX, '')));
    if (harmful !== undefined)
      throw new ImportError(`The first line names ${harmful}, which metadata cannot be called`);
  }
}

function typesOf(schema: Schema): Types {
  return new Map(schema.map(({ name, type }) => [name, type]));
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
