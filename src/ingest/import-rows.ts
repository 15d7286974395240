import { unreadable, type Line } from './import-lines';
import { isEmptyLine, LONGEST_RECORD_BYTES, RowReader, SEPARATOR_LINE, type Row, type TextLine } from './row-reader';

/** The rows of a CSV, from the lines of its file. */
export async function* rowsOf(
  lines: AsyncIterable<readonly Line[]>,
  delimiterOf: (header: string) => string,
): AsyncGenerator<Row[]> {
  let reader: RowReader | undefined;
  for await (const some of lines) {
    const rows: Row[] = [];
    for (const one of some) {
      const line = textOf(one);
      if (!reader) {
        const header = 'text' in line ? line.text : '';
        if ('text' in line && isEmptyLine(header)) continue;
        reader = new RowReader(delimiterOf(header));
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

function textOf({ number, bytes }: Line): TextLine {
  if (typeof bytes === 'string') return { number, problem: unreadable(bytes, LONGEST_RECORD_BYTES) };
  return { number, text: bytes.toString(), length: bytes.length };
}
