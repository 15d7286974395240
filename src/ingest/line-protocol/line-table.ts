import type { ParsedLine } from './line-parser';

/** What is kept of a line: its values are numbers and booleans. */
export type KeptLine = Pick<ParsedLine, 'values' | 'count' | 'number' | 'bytes' | 'start' | 'end'>;

/** The places of a row before its values. */
const AT = 0;
const NUMBER = 1;
const BUFFER = 2;
const START = 3;
const END = 4;
const VALUES = 5;
const FIRST_SIZE = 512;

/**
 * Lines as rows of numbers, in one buffer outside of the JavaScript heap. The garbage collector would copy lists of them several
 * times while their lines wait for a commit.
 */
export class LineTable {
  private cells = new Float64Array(FIRST_SIZE);
  private size = 0;
  private readonly buffers: Buffer[] = [];

  /**
   * Adds a line.
   *
   * @param at milliseconds since 1970
   * @param hasTexts whether it has values that are no numbers or booleans. Then none of its values is kept
   * @returns its row
   */
  add(at: number, { values, count, number, bytes, start, end }: KeptLine, hasTexts: boolean): number {
    const row = this.size;
    const width = VALUES + (hasTexts ? 0 : count);
    this.size += width;
    if (this.size > this.cells.length) this.grow();
    if (bytes !== this.buffers.at(-1)) this.buffers.push(bytes);
    const { cells } = this;
    cells[row + AT] = at;
    cells[row + NUMBER] = number;
    cells[row + BUFFER] = this.buffers.length - 1;
    cells[row + START] = start;
    cells[row + END] = end;
    if (!hasTexts) for (let place = 0; place < count; place++) cells[row + VALUES + place] = Number(values[place]);
    return row;
  }

  atOf(row: number): number {
    return this.cells[row + AT] as number;
  }

  /** The line of the body in which the line begins, from 1. */
  numberOf(row: number): number {
    return this.cells[row + NUMBER] as number;
  }

  /** The line as it was sent. */
  textOf(row: number): Buffer {
    const buffer = this.buffers[this.cells[row + BUFFER] as number] as Buffer;
    return buffer.subarray(this.cells[row + START], this.cells[row + END]);
  }

  /** A value of a line: 1 and 0 for true and false. */
  valueOf(row: number, place: number): number {
    return this.cells[row + VALUES + place] as number;
  }

  private grow(): void {
    const cells = new Float64Array(Math.max(2 * this.cells.length, this.size));
    cells.set(this.cells);
    this.cells = cells;
  }
}
