import { createReadStream, type ReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
import { shortName } from '../common/errors';
import { isObject } from '../common/fields';
import { findHarmfulName, isHarmfulName } from '../common/harmful-names';
import { MOST_LEVELS, MOST_VALUES_OF_ITEM, scanJson } from '../common/http/json-scan';
import type { Schema } from '../data-sources/schema';
import { LONGEST_LINE_BYTES, linesOf } from './import-lines';

/** What stands for the time of a point, where the caller names no other column. */
const TIME_COLUMNS = ['timestamp', 'time'];
/** Columns that an answer of the server has, and a point is not made of. */
const PASSED_OVER = new Set(['_id', 'dataSourceId', 'dataSource']);
const METADATA_PREFIX = 'metadata.';
/** Longest row of a table. */
export const LONGEST_RECORD_BYTES = 1_048_576;
const BLANK = 0x20;

/** The file cannot be imported as it is. */
export class ImportError extends Error {}

/** One record of a file: a point as the API would be sent it, or why it is none. */
export interface ImportRecord {
  /** From 1 on, as an editor counts the lines. */
  readonly line: number;
  readonly point?: object;
  readonly problem?: string;
}

export interface ImportFile {
  readonly path: string;
  /** The column, or property, that has the time. */
  readonly time?: string | undefined;
}

/**
 * Reads a file of points, record by record: CSV (`.csv`) whose first line names the columns, or one JSON object a line
 * (`.ndjson`, `.jsonl`), each of them gzipped (`.gz`) or not.
 *
 * @param opened is given the stream, whose `bytesRead` says how far it has come
 * @throws ImportError for another kind of file, and for columns that the data source has no fields for
 */
export async function* readImport(
  { path, time }: ImportFile,
  schema: Schema,
  opened: (stream: ReadStream) => void,
): AsyncGenerator<ImportRecord> {
  const plain = path.replace(/\.gz$/i, '');
  const isCsv = /\.csv$/i.test(plain);
  if (!isCsv && !/\.(ndjson|jsonl)$/i.test(plain))
    throw new ImportError(`${path} must end in .csv, .ndjson or .jsonl, or in one of them and .gz`);
  const file = createReadStream(path);
  opened(file);
  const text = plain === path ? file : file.pipe(createGunzip());
  file.on('error', (cause) => text.destroy(cause));
  try {
    yield* isCsv ? csvRecords(text, schema, time) : jsonRecords(text, time);
  } finally {
    file.destroy();
  }
}

async function* jsonRecords(text: Readable, time: string | undefined): AsyncGenerator<ImportRecord> {
  for await (const { number: line, bytes } of linesOf(text)) {
    if (typeof bytes === 'string') yield { line, problem: UNREADABLE[bytes] };
    else if (bytes.some((byte) => byte > BLANK)) yield { line, ...readJson(bytes, time) };
  }
}

const UNREADABLE = {
  'too long': `It is longer than ${LONGEST_LINE_BYTES} bytes`,
  'not UTF-8': 'It is not valid UTF-8',
};

function readJson(bytes: Buffer, time: string | undefined): Omit<ImportRecord, 'line'> {
  const scanned = scanJson(bytes);
  if (scanned === 'deep' || scanned === 'many') return { problem: UNPARSED[scanned] };
  let sent: unknown;
  try {
    sent = JSON.parse(bytes.toString('utf8'));
  } catch {
    return { problem: 'It is not valid JSON' };
  }
  if (!isObject(sent)) return { problem: 'It must be a JSON object' };
  const name = time ?? TIME_COLUMNS.find((one) => Object.hasOwn(sent, one)) ?? 'timestamp';
  const { [name]: timestamp, _id, dataSourceId, dataSource, count, ...others } = sent;
  void [_id, dataSourceId, dataSource, count];
  return withoutHarm({ ...others, timestamp });
}

const UNPARSED = {
  deep: `It is nested too deeply. At most ${MOST_LEVELS} levels are allowed`,
  many: `It has too many values. At most ${MOST_VALUES_OF_ITEM} are allowed`,
};

/** What copies a point later might follow such a name into prototypes. The API refuses it too. */
function withoutHarm(point: object): Omit<ImportRecord, 'line'> {
  const harm = findHarmfulName(point);
  return harm ? { problem: `Unknown property: ${harm.at(-1)}` } : { point };
}

async function* csvRecords(text: Readable, schema: Schema, time: string | undefined): AsyncGenerator<ImportRecord> {
  const parser = text.pipe(
    parse({
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: LONGEST_RECORD_BYTES,
    }),
  );
  text.on('error', (cause) => parser.destroy(cause));
  let toPoint: ((cells: readonly string[]) => object) | undefined;
  let columns = 0;
  let line = 1;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (!toPoint) {
        toPoint = pointMaker(record, schema, time);
        columns = record.length;
      } else if (record.length === columns) yield { line, ...withoutHarm(toPoint(record)) };
      else yield { line, problem: `It has ${record.length} cells, and the first line names ${columns} columns` };
      line = info.lines + 1;
    }
  } catch (cause) {
    if (cause instanceof CsvError) throw new ImportError(`Line ${line} is not CSV: ${cause.message}`);
    throw cause;
  }
  if (!toPoint) throw new ImportError('The file is empty: its first line must name the columns');
}

/** Makes points of a table's rows. What a cell says is read as the type that the schema names; an empty one says nothing. */
function pointMaker(header: readonly string[], schema: Schema, time: string | undefined) {
  const timeColumn = time ?? TIME_COLUMNS.find((name) => header.includes(name));
  if (timeColumn === undefined || !header.includes(timeColumn))
    throw new ImportError(
      `The first line names no column ${time ?? 'timestamp'}. Say --time with the column of the time`,
    );
  const types = new Map(schema.map(({ name, type }) => [name, type]));
  const isKnown = (name: string) =>
    types.has(name) ||
    name === timeColumn ||
    name === 'metadata' ||
    name.startsWith(METADATA_PREFIX) ||
    PASSED_OVER.has(name);
  const unknown = header.find((name) => !isKnown(name));
  if (unknown !== undefined) throw new ImportError(`The data source has no field ${shortName(unknown)}`);
  const seen = new Set<string>();
  const repeated = header.find((name) => seen.size === seen.add(name).size);
  if (repeated !== undefined) throw new ImportError(`The first line names ${shortName(repeated)} twice`);
  const harmful = header.find((name) => isHarmfulName(name.replace(METADATA_PREFIX, '')));
  if (harmful !== undefined) throw new ImportError(`The first line names ${harmful}, which metadata cannot be called`);
  return (cells: readonly string[]): object => {
    const values: Record<string, unknown> = {};
    const metadata: Record<string, unknown> = {};
    let whole: unknown;
    let timestamp: unknown;
    for (const [index, name] of header.entries()) {
      const cell = cells[index] ?? '';
      if (cell === '') continue;
      const type = types.get(name);
      if (name === timeColumn) timestamp = /^\d+$/.test(cell) ? Number(cell) : cell;
      else if (type !== undefined) values[name] = type === 'string' ? cell : literal(cell);
      else if (name === 'metadata') whole = literal(cell);
      else if (name.startsWith(METADATA_PREFIX)) metadata[name.slice(METADATA_PREFIX.length)] = cell;
    }
    return { timestamp, values, metadata: whole ?? metadata };
  };
}

/** `21.5`, `true`, `{ "device": "a" }`; what is none of JSON's values stays the text that it is, and is refused by the check. */
function literal(cell: string): unknown {
  try {
    return JSON.parse(cell);
  } catch {
    return cell;
  }
}
