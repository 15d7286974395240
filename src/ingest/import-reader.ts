import { createReadStream, type ReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import type { Schema } from '../sources/schema';
import { csvRecords } from './import-csv';
import { ImportError, type ImportFile, type ImportRecord, type Note } from './import-file';
import { jsonRecords } from './import-json';
import { linesOf, LONGEST_LINE_BYTES } from './import-lines';
import { LONGEST_RECORD_BYTES } from './import-rows';

/** What a reader tells while it reads. */
export interface ReaderEvents {
  /** The stream, whose `bytesRead` says how far it has come. */
  readonly opened: (stream: ReadStream) => void;
  readonly note: Note;
}

/**
 * Reads a file of points, some records at a time: CSV (`.csv`) whose first line names the columns, or one JSON object a line
 * (`.ndjson`, `.jsonl`), each of them gzipped (`.gz`) or not. Where the file cannot be read any further, the last record says so.
 *
 * @throws ImportError for another kind of file, and for columns that the data source has no fields for
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
  const text = plain === path ? stream : stream.pipe(createGunzip());
  stream.on('error', (cause) => text.destroy(cause));
  let last = 0;
  try {
    const lines = linesOf(text, { longestBytes: isCsv ? LONGEST_RECORD_BYTES : LONGEST_LINE_BYTES, encoding });
    const records = isCsv ? csvRecords(lines, schema, file, note) : jsonRecords(lines, file, note);
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
