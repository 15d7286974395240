import { unreadable, type Line } from './import-lines';
import type { Reading } from './import-file';
import { isEmptyLine, LONGEST_RECORD_BYTES, RowReader, SEPARATOR_LINE, type Row, type TextLine } from './row-reader';

/** How to split a CSV into rows. */
export interface RowOptions {
  readonly delimiterOf: (header: string) => string;
  readonly longestBytes?: number;
  readonly reading?: Reading;
}

/** The rows of a CSV, from the lines of its file. */
export async function* rowsOf(
  lines: AsyncIterable<readonly Line[]>,
  { delimiterOf, longestBytes = LONGEST_RECORD_BYTES, reading = {} }: RowOptions,
): AsyncGenerator<Row[]> {
  const textOf = ({ number, bytes }: Line): TextLine =>
    typeof bytes === 'string'
      ? { number, problem: unreadable(bytes, longestBytes, reading) }
      : { number, text: bytes.toString(), length: bytes.length };
  let reader: RowReader | undefined;
  for await (const some of lines) {
    const rows: Row[] = [];
    for (const one of some) {
      const line = textOf(one);
      if (!reader) {
        const header = 'text' in line ? line.text : '';
        if ('text' in line && isEmptyLine(header)) continue;
        reader = new RowReader(delimiterOf(header), longestBytes);
        if (SEPARATOR_LINE.test(header)) continue;
      }
      reader.add(line, rows);
    }
    if (rows.length > 0) yield rows;
  }
  const last: Row[] = [];
  reader?.end(last);
  if (last.length > 0) yield last;
}
