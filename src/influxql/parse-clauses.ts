import { InfluxQLError } from './influxql-error';
import { ExpressionParser } from './expressions';
import type { Expression, MeasurementRef, Page } from './syntax';
import type { TokenReader } from './token-reader';

const MOST_SEGMENTS = 3;
const MOST_SOURCES = 100;
const LARGEST_COUNT = Number.MAX_SAFE_INTEGER;

/** `FROM a, "b"."c"."d", /e/`, after the word. */
export function parseFrom(reader: TokenReader): MeasurementRef[] {
  const from: MeasurementRef[] = [];
  do from.push(parseMeasurement(reader));
  while (reader.take(','));
  if (from.length > MOST_SOURCES)
    throw new InfluxQLError(`error parsing query: more than ${MOST_SOURCES} measurements in FROM`);
  return from;
}

function parseMeasurement(reader: TokenReader): MeasurementRef {
  const regex = reader.regex();
  if (regex) return { measurement: regex };
  if (reader.isNext('(')) throw new InfluxQLError('error parsing query: sub-queries are not supported');
  const segments = [reader.name()];
  while (reader.take('.')) {
    const last = reader.regex();
    if (last) return refOf(segments, last);
    segments.push(reader.isNext('.') ? '' : reader.name());
  }
  const measurement = segments.pop() ?? '';
  if (segments.length >= MOST_SEGMENTS) {
    const shown = [...segments.map((segment) => `"${segment}"`), measurement].join('.').slice(0, 200);
    throw new InfluxQLError(`error parsing query: too many segments in ${shown} at line 1, char 1`);
  }
  return refOf(segments, measurement);
}

function refOf(before: readonly string[], measurement: MeasurementRef['measurement']): MeasurementRef {
  const [policy, database] = before.toReversed();
  return { ...(database && { database }), ...(policy && { policy }), measurement };
}

/** `WHERE …`, if it comes. */
export function parseWhere(reader: TokenReader): Expression | undefined {
  return reader.take('WHERE') ? new ExpressionParser(reader).parse() : undefined;
}

/** Refuses an order other than by time. @returns whether it is descending */
export function parseOrder(reader: TokenReader): boolean {
  if (!reader.take('ORDER')) return false;
  reader.require('BY');
  if (reader.take('DESC')) return true;
  if (reader.take('ASC')) return false;
  if (reader.peek.kind !== 'name') throw reader.unexpected(['identifier', 'ASC', 'DESC']);
  const field = reader.next().text;
  const isDescending = reader.take('DESC');
  if (!isDescending) reader.take('ASC');
  if (field !== 'time' || reader.isNext(','))
    throw new InfluxQLError('error parsing query: only ORDER BY time supported at this time');
  return isDescending;
}

/** `LIMIT 1 OFFSET 2 SLIMIT 3 SOFFSET 4`, as far as they come. 0 is no limit. */
export function parsePage(reader: TokenReader): Page {
  const limit = parseCount(reader, 'LIMIT');
  const offset = parseCount(reader, 'OFFSET');
  const seriesLimit = parseCount(reader, 'SLIMIT');
  const seriesOffset = parseCount(reader, 'SOFFSET');
  return { ...limit, ...offset, ...seriesLimit, ...seriesOffset };
}

const NAMES = { LIMIT: 'limit', OFFSET: 'offset', SLIMIT: 'seriesLimit', SOFFSET: 'seriesOffset' } as const;

function parseCount(reader: TokenReader, word: keyof typeof NAMES): Page {
  if (!reader.take(word)) return {};
  if (reader.peek.kind !== 'integer') throw reader.unexpected(['integer']);
  const count = Math.min(Number(reader.next().text), LARGEST_COUNT);
  return count > 0 ? { [NAMES[word]]: count } : {};
}
