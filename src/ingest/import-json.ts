import { isObject } from '../common/validation/fields';
import { parseExactly } from '../common/http/exact-integers';
import { MAX_LEVELS, MAX_VALUES_OF_ITEM, scanJson } from '../common/http/json-scan';
import { rejectHarmfulNames, TIME_COLUMNS } from './import-table';
import { afterSample, type ImportFile, type ImportRecord, type Note } from './import-file';
import { LONGEST_LINE_BYTES, unreadable, type Line } from './import-lines';
import { ImportTimes } from './import-times';

const BLANK = 0x20;
const UNPARSED = {
  deep: `It is nested too deeply. At most ${MAX_LEVELS} levels are allowed`,
  many: `It has too many values. At most ${MAX_VALUES_OF_ITEM} are allowed`,
};

/** A line of the file: its time and its other properties, or why it is invalid. */
type Sent =
  | { readonly line: number; readonly time: unknown; readonly others: object }
  | { readonly line: number; readonly problem: string };

/** Reads points from lines with one JSON object each. Blank lines are skipped. */
export async function* jsonRecords(
  lines: AsyncIterable<readonly Line[]>,
  file: ImportFile,
  note: Note,
): AsyncGenerator<ImportRecord[]> {
  const times = new ImportTimes(file);
  const guess = (sample: readonly Sent[]) =>
    times.guess(
      sample.map((sent) => ('time' in sent ? sent.time : undefined)),
      note,
    );
  for await (const some of afterSample(objectsOf(lines, file), guess))
    yield some.map((sent) => {
      if ('problem' in sent) return sent;
      const { line, others } = sent;
      const time = times.read(sent.time);
      return { line, ...('problem' in time ? time : rejectHarmfulNames({ ...others, ...time })) };
    });
}

async function* objectsOf(lines: AsyncIterable<readonly Line[]>, file: ImportFile): AsyncGenerator<readonly Sent[]> {
  for await (const some of lines) {
    const sent: Sent[] = [];
    for (const { number: line, bytes } of some) {
      if (typeof bytes === 'string') sent.push({ line, problem: unreadable(bytes, LONGEST_LINE_BYTES, file) });
      else if (bytes.some((byte) => byte > BLANK)) sent.push({ line, ...readObject(bytes, file.time) });
    }
    yield sent;
  }
}

function readObject(bytes: Buffer, time: string | undefined) {
  const scanned = scanJson(bytes);
  if (scanned === 'deep' || scanned === 'many') return { problem: UNPARSED[scanned] };
  let sent: unknown;
  try {
    sent = parseExactly(bytes.toString('utf8'));
  } catch {
    return { problem: 'It is not valid JSON' };
  }
  if (!isObject(sent)) return { problem: 'It must be a JSON object' };
  const name = time ?? TIME_COLUMNS.find((one) => Object.hasOwn(sent, one)) ?? 'timestamp';
  const { [name]: at, _id, dataSourceId, dataSource, count, ...others } = sent;
  void [_id, dataSourceId, dataSource, count];
  return { time: at, others };
}
