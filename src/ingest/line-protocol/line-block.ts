import type { FieldType } from '../../sources/schema';
import { RollupCount } from '../rollup-count';
import type { SentRows } from '../sent-block';
import type { FieldName } from './field-names';
import type { ParsedLine } from './line-parser';
import { LineTable, type KeptLine } from './line-table';
import type { FieldValue } from './point-parser';
import { shown, typeOf, type NamedSeries, type WrittenLine } from './written-lines';

/** Lines of one series with the same fields of the same types, in the order of the body. */
export class LineBlock implements SentRows {
  isAscending = true;
  rollups = 0;
  private readonly rollupCount = new RollupCount();
  readonly names: readonly string[];
  readonly types: readonly FieldType[];
  private readonly hasTexts: boolean;
  /** The rows of the lines in the table. */
  private readonly rows: number[] = [];
  /** The values line by line, if there are texts among them. */
  private readonly values: FieldValue[] = [];

  constructor(
    readonly series: NamedSeries,
    fields: { readonly names: readonly string[]; readonly types: readonly FieldType[] },
    private readonly table: LineTable,
    readonly metadata: string | null = null,
  ) {
    this.names = fields.names;
    this.types = fields.types;
    this.hasTexts = fields.types.includes('string');
  }

  get length(): number {
    return this.rows.length;
  }

  /** Adds a line with these fields. */
  add(at: number, line: KeptLine): void {
    if (this.length > 0 && at <= this.atOf(this.length - 1)) this.isAscending = false;
    this.rollups += this.rollupCount.add(at, () => line.count);
    this.rows.push(this.table.add(at, line, this.hasTexts));
    if (!this.hasTexts) return;
    for (let place = 0; place < line.count; place++) this.values.push(line.values[place] as FieldValue);
  }

  atOf(index: number): number {
    return this.table.atOf(this.rows[index] as number);
  }

  valueOf(index: number, place: number): FieldValue {
    if (this.hasTexts) return this.values[index * this.names.length + place] as FieldValue;
    const value = this.table.valueOf(this.rows[index] as number, place);
    return this.types[place] === 'boolean' ? value === 1 : value;
  }

  /** The line of the body in which this line begins, from 1. */
  numberOf(index: number): number {
    return this.table.numberOf(this.rows[index] as number);
  }

  /** The beginning of a line as it was sent. */
  textOf(index: number): string {
    return shown(this.table.textOf(this.rows[index] as number));
  }

  /** A block with some of its lines. */
  with(indexes: readonly number[]): LineBlock {
    const block = new LineBlock(this.series, this, this.table, this.metadata);
    block.isAscending = this.isAscending;
    for (const index of indexes) {
      block.rollups += block.rollupCount.add(this.atOf(index), () => this.names.length);
      block.rows.push(this.rows[index] as number);
      if (this.hasTexts) block.values.push(...this.names.map((_, place) => this.valueOf(index, place)));
    }
    return block;
  }
}

/** A block of lines that a parser finds, one after the other. */
export class OpenBlock {
  private readonly fields: readonly FieldName[];
  readonly block: LineBlock;

  /** @param line the first of its lines */
  constructor(series: NamedSeries, line: ParsedLine, table: LineTable) {
    this.fields = line.names.slice(0, line.count);
    const types = line.values.slice(0, line.count).map(typeOf);
    this.block = new LineBlock(series, { names: this.fields.map(({ text }) => text), types }, table);
  }

  /** Whether a line has the same fields in the same order. */
  fits({ names, values, count }: ParsedLine): boolean {
    const { fields } = this;
    const { types } = this.block;
    if (count !== fields.length) return false;
    for (let index = 0; index < count; index++)
      if (names[index] !== fields[index] || typeof values[index] !== types[index]) return false;
    return true;
  }
}

/** A block for each of these lines. */
export function blocksOf(lines: readonly WrittenLine[]): LineBlock[] {
  const table = new LineTable();
  return lines.map(({ series, values: named, at, number, metadata = null }) => {
    const names = Object.keys(named);
    const values = Object.values(named);
    const block = new LineBlock(series, { names, types: values.map(typeOf) }, table, metadata);
    const bytes = Buffer.from(series.measurement);
    block.add(at, { values, count: values.length, number, bytes, start: 0, end: bytes.length });
    return block;
  });
}
