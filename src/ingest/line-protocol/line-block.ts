import type { FieldType } from '../../sources/schema';
import type { FieldName } from './field-names';
import type { ParsedLine } from './line-parser';
import type { FieldValue } from './point-parser';
import { shown, typeOf, type NamedSeries, type WrittenLine } from './written-lines';

/** Where the text of a line is. */
interface LinePlace {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/**
 * Consecutive lines of one series with the same fields of the same types. Its lists have an item for each line, or for `values`
 * one for each field of each line: no object is made for a line.
 */
export class LineBlock {
  readonly ats: number[] = [];
  /** Line by line, in the order of the names. */
  readonly values: FieldValue[] = [];
  readonly names: readonly string[];
  readonly types: readonly FieldType[];
  private readonly numbers: number[] = [];
  private readonly bytes: Buffer[] = [];
  /** The start and the end of each line in its bytes. */
  private readonly places: number[] = [];

  constructor(
    readonly series: NamedSeries,
    fields: { readonly names: readonly string[]; readonly types: readonly FieldType[] },
    readonly metadata: string | null = null,
  ) {
    this.names = fields.names;
    this.types = fields.types;
  }

  get length(): number {
    return this.ats.length;
  }

  /** Adds a line. Its values follow by `values`. */
  add(at: number, number: number, { bytes, start, end }: LinePlace): void {
    this.ats.push(at);
    this.numbers.push(number);
    this.bytes.push(bytes);
    this.places.push(start, end);
  }

  /** The line of the body in which this line begins, from 1. */
  numberOf(index: number): number {
    return this.numbers[index] as number;
  }

  /** The beginning of a line as it was sent. */
  textOf(index: number): string {
    const [start, end] = this.places.slice(2 * index, 2 * index + 2);
    return shown((this.bytes[index] as Buffer).subarray(start, end));
  }

  /** A block with some of its lines. */
  with(indexes: readonly number[]): LineBlock {
    const block = new LineBlock(this.series, this, this.metadata);
    const width = this.names.length;
    for (const index of indexes) {
      const [start = 0, end = 0] = this.places.slice(2 * index, 2 * index + 2);
      block.add(this.ats[index] as number, this.numberOf(index), { bytes: this.bytes[index] as Buffer, start, end });
      block.values.push(...this.values.slice(index * width, (index + 1) * width));
    }
    return block;
  }
}

/** A block of lines that a parser finds, one after the other. */
export class OpenBlock {
  private readonly fields: readonly FieldName[];
  readonly block: LineBlock;

  /** @param line the first of its lines */
  constructor(series: NamedSeries, line: ParsedLine) {
    this.fields = line.names.slice(0, line.count);
    const types = line.values.slice(0, line.count).map(typeOf);
    this.block = new LineBlock(series, { names: this.fields.map(({ text }) => text), types });
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

  add(line: ParsedLine, at: number): void {
    this.block.add(at, line.number, line);
    const { values } = this.block;
    for (let index = 0; index < line.count; index++) values.push(line.values[index] as FieldValue);
  }
}

/** A block for each of these lines. */
export function blocksOf(lines: readonly WrittenLine[]): LineBlock[] {
  return lines.map(({ series, values, at, number, metadata = null }) => {
    const names = Object.keys(values);
    const given = Object.values(values);
    const block = new LineBlock(series, { names, types: given.map(typeOf) }, metadata);
    const bytes = Buffer.from(series.measurement);
    block.add(at, number, { bytes, start: 0, end: bytes.length });
    block.values.push(...given);
    return block;
  });
}
