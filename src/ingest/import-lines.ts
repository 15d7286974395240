import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';

const LINE_END = 0x0a;
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');
/** Longest line of a file of JSON. */
export const LONGEST_LINE_BYTES = 16 * 1024 * 1024;

/** One line of a file. */
export interface Line {
  /** From 1 on, as an editor counts the lines. */
  readonly number: number;
  /** The line without its end, or why it cannot be read. */
  readonly bytes: Buffer | 'too long' | 'not UTF-8';
}

/** The lines of a stream, in memory of about the size of one: of a line that is too long, only the number is kept. */
export async function* linesOf(stream: Readable, longestBytes = LONGEST_LINE_BYTES): AsyncGenerator<Line> {
  let number = 1;
  let pieces: Buffer[] = [];
  let length = 0;
  const take = (piece: Buffer) => {
    length += piece.length;
    if (length > longestBytes) pieces = [];
    else pieces.push(piece);
  };
  const finish = (): Line => {
    const line = { number, bytes: length > longestBytes ? ('too long' as const) : checked(Buffer.concat(pieces)) };
    number += 1;
    pieces = [];
    length = 0;
    return line;
  };
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let from = number === 1 && length === 0 && chunk.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
    for (let end = chunk.indexOf(LINE_END); end !== -1; end = chunk.indexOf(LINE_END, from)) {
      take(chunk.subarray(from, end));
      yield finish();
      from = end + 1;
    }
    take(chunk.subarray(from));
  }
  if (length > 0) yield finish();
}

function checked(bytes: Buffer): Buffer | 'not UTF-8' {
  return isUtf8(bytes) ? bytes : 'not UTF-8';
}
