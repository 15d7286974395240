import { isUtf8 } from 'node:buffer';
import { ImportError, optionOf, type Encoding, type Reading } from './import-file';

const LINE_END = 0x0a;
const EMPTY = Buffer.alloc(0);
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');
const UTF_16_MARKS = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];
/** The characters of Windows-1252 for the bytes 0x80 to 0x9f, which are control characters in Latin-1. */
const WINDOWS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
/** The longest line of an NDJSON file. */
export const LONGEST_LINE_BYTES = 16 * 1024 * 1024;

/** One line of a file. */
export interface Line {
  /** Starts at 1, as in an editor. */
  readonly number: number;
  /** The line in UTF-8, without its line break, or why it cannot be read. */
  readonly bytes: Buffer | 'too long' | 'not UTF-8';
}

export interface LineOptions {
  readonly longestBytes: number;
  readonly encoding: Encoding;
}

/**
 * Splits a stream into lines, chunk by chunk. Uses memory for about one line and one chunk: the content of a line that is too
 * long is discarded.
 *
 * @throws ImportError for UTF-16
 */
export async function* linesOf(
  stream: AsyncIterable<Buffer>,
  { longestBytes, encoding }: LineOptions,
): AsyncGenerator<Line[]> {
  let number = 1;
  let pieces: Buffer[] = [];
  let length = 0;
  const take = (piece: Buffer) => {
    length += piece.length;
    if (length > longestBytes) pieces = [];
    else pieces.push(piece);
  };
  const finish = (): Line => {
    const line = {
      number,
      bytes:
        length > longestBytes
          ? ('too long' as const)
          : decode(pieces.length === 1 ? (pieces[0] ?? EMPTY) : Buffer.concat(pieces), encoding),
    };
    number += 1;
    pieces = [];
    length = 0;
    return line;
  };
  for await (const chunk of stream) {
    const isFirst = number === 1 && length === 0;
    if (isFirst && UTF_16_MARKS.some((mark) => chunk.subarray(0, 2).equals(mark)))
      throw new ImportError('The file is UTF-16. Save it as UTF-8');
    const lines: Line[] = [];
    let from = isFirst && chunk.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
    for (let end = chunk.indexOf(LINE_END); end !== -1; end = chunk.indexOf(LINE_END, from)) {
      take(chunk.subarray(from, end));
      lines.push(finish());
      from = end + 1;
    }
    take(chunk.subarray(from));
    if (lines.length > 0) yield lines;
  }
  if (length > 0) yield [finish()];
}

/** Reads Latin-1 as Windows-1252, which most files labeled Latin-1 use. */
function decode(bytes: Buffer, encoding: Encoding): Buffer | 'not UTF-8' {
  if (encoding === 'utf8') return isUtf8(bytes) ? bytes : 'not UTF-8';
  const text = bytes.toString('latin1');
  return Buffer.from(text.replace(/[\x80-\x9f]/g, (one) => WINDOWS[one.charCodeAt(0) - 0x80] ?? one));
}

/** Why a line cannot be read, as a sentence. */
export function unreadable(why: 'too long' | 'not UTF-8', longestBytes: number, reading: Reading): string {
  return why === 'too long'
    ? `It is longer than ${longestBytes} bytes`
    : `It is not valid UTF-8. If the file is Latin-1 or Windows-1252, add ${optionOf(reading, 'encoding', 'latin1')}`;
}
