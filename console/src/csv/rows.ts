import {
  isEmptyLine,
  RowReader,
  SEPARATOR_LINE,
  tooLong,
  LONGEST_RECORD_BYTES,
  type Row,
} from '../../../src/ingest/row-reader';
import type { Encoding } from './encoding';

export type { Row } from '../../../src/ingest/row-reader';

/** What a decoder writes in the place of bytes that are invalid in the encoding. */
const INVALID = '\uFFFD';

/** How a text is split into rows. */
export interface RowOptions {
  readonly encoding: Encoding;
  readonly separator: string;
  /** Files of old Macs end lines in CR. */
  readonly lineEnd: '\n' | '\r';
  /** Where the table begins: what stands above it is left out. Lines count from 1. */
  readonly firstLine: number;
}

/**
 * Splits the bytes of a CSV into rows, piece by piece. Where the pieces are cut does not matter. It holds one line and one row. The server's
 * command reads rows in the same way.
 */
export class RowSplitter {
  private readonly decoder: InstanceType<typeof TextDecoder>;
  private readonly reader: RowReader;
  private readonly lineEnd: string;
  /** The beginning of the line whose end is not there yet. */
  private rest = '';
  private isTooLong = false;
  private number = 1;
  private isFirst = true;

  private readonly firstLine: number;

  constructor({ encoding, separator, lineEnd, firstLine }: RowOptions) {
    this.decoder = new TextDecoder(encoding);
    this.reader = new RowReader(separator);
    this.lineEnd = lineEnd;
    this.firstLine = firstLine;
  }

  /** The rows that end in these bytes. */
  push(bytes: Uint8Array): Row[] {
    return this.inTable(this.split(this.decoder.decode(bytes, { stream: true })));
  }

  /** The rows at the end of the file. */
  end(): Row[] {
    const rows = this.split(this.decoder.decode());
    if (this.rest !== '' || this.isTooLong) this.take('', rows);
    this.reader.end(rows);
    return this.inTable(rows);
  }

  private inTable(rows: Row[]): Row[] {
    const isBehind = (rows[0]?.line ?? 0) >= this.firstLine;
    return isBehind ? rows : rows.filter(({ line }) => line >= this.firstLine);
  }

  private split(text: string): Row[] {
    const rows: Row[] = [];
    let from = 0;
    for (let end = text.indexOf(this.lineEnd); end !== -1; end = text.indexOf(this.lineEnd, from)) {
      this.take(text.slice(from, end), rows);
      from = end + 1;
    }
    this.keep(text.slice(from));
    return rows;
  }

  private keep(text: string): void {
    this.isTooLong ||= this.rest.length + text.length > LONGEST_RECORD_BYTES;
    this.rest = this.isTooLong ? '' : this.rest + text;
  }

  private take(end: string, rows: Row[]): void {
    this.keep(end);
    const [text, isTooLong, number] = [this.rest, this.isTooLong, this.number];
    this.rest = '';
    this.isTooLong = false;
    this.number += 1;
    if (isTooLong) {
      this.isFirst = false;
      this.reader.add({ number, problem: tooLong(LONGEST_RECORD_BYTES) }, rows);
      return;
    }
    if (this.isFirst && isEmptyLine(text)) return;
    const isSeparatorLine = this.isFirst && SEPARATOR_LINE.test(text);
    this.isFirst = false;
    if (isSeparatorLine) return;
    if (text.includes(INVALID))
      this.reader.add({ number, problem: 'It has bytes that are not valid in this encoding' }, rows);
    else this.reader.add({ number, text, length: text.length }, rows);
  }
}
