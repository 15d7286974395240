import { createReadStream, type ReadStream } from 'node:fs';
import type { Schema } from '../sources/schema';
import { gunzipped } from './gunzip';
import { csvRecords } from './import-csv';
import { ImportError, type ImportFile, type ImportRecord, type Note } from './import-file';
import { jsonRecords } from './import-json';
import { linesOf, LONGEST_LINE_BYTES } from './import-lines';
import { LONGEST_RECORD_BYTES } from './row-reader';

/** Callbacks of a reader. */
export interface ReaderEvents {
  /** Receives the stream. Its `bytesRead` shows the progress. */
  readonly opened: (stream: ReadStream) => void;
  readonly note: Note;
}

/**
 * Reads a file of points, several records at a time: CSV (`.csv`) whose first line names the columns, or one JSON object per line
 * (`.ndjson`, `.jsonl`), optionally compressed (`.gz`). If reading fails, the last record has the problem and `ends`.
 *
 * @throws ImportError for another file type, and for columns that are not fields of the data source
 */
export async function* readImport(
  file: ImportFile,
  schema: Schema,
  { opened, note }: ReaderEvents,
): AsyncGenerator<readonly ImportRecord[]> {
  const { path, encoding = 'utf8' } = file;
  const plain = path.replace(/\.gz$/i, '');
  const isCsv = /\.csv$/i.test(plain);
  if (!isCsv && !/\.(ndjson|jsonl)$/i.test(plain))
    throw new ImportError(`${path} must end in .csv, .ndjson or .jsonl, or in one of them and .gz`);
  const stream = createReadStream(path);
  opened(stream);
  const text = plain === path ? stream : gunzipped(stream);
  let last = 0;
  try {
    const lines = linesOf(text, { longestBytes: isCsv ? LONGEST_RECORD_BYTES : LONGEST_LINE_BYTES, encoding });
    const records = isCsv ? csvRecords(lines, { own: schema }, file, note) : jsonRecords(lines, file, note);
    for await (const some of records) {
      last = some.at(-1)?.line ?? last;
      yield some;
    }
  } catch (cause) {
    if (cause instanceof ImportError) throw cause;
    const problem = `The file cannot be read any further: ${(cause as Error).message}`;
    yield [{ line: last + 1, problem, ends: true }];
  } finally {
    stream.destroy();
  }
}
