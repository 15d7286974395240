import { InfluxQLError } from './influxql-error';
import { parseFrom, parseOrder, parsePage, parseWhere } from './parse-clauses';
import type { NameMatch, Page, Statement } from './syntax';
import type { TokenReader } from './token-reader';

const SHOWN = [
  ...[
    'CONTINUOUS',
    'DATABASES',
    'DIAGNOSTICS',
    'FIELD',
    'GRANTS',
    'MEASUREMENT',
    'MEASUREMENTS',
    'QUERIES',
    'RETENTION',
  ],
  ...['SERIES', 'SHARD', 'SHARDS', 'STATS', 'SUBSCRIPTIONS', 'TAG', 'USERS'],
];
const MOST_NAMES = 1000;

/** `SHOW …`, after the word. */
export function parseShow(reader: TokenReader): Statement {
  const { text } = reader.peek;
  if (reader.take('DATABASES')) return { kind: 'showDatabases' };
  if (reader.take('MEASUREMENTS')) return parseMeasurements(reader);
  if (reader.take('SERIES')) {
    refuseCardinality(reader, 'SERIES');
    return { kind: 'showSeries', ...parseRest(reader) };
  }
  if (reader.take('FIELD')) return parseFieldKeys(reader);
  if (reader.take('TAG')) return parseTags(reader);
  if (reader.take('RETENTION')) {
    reader.require('POLICIES');
    return { kind: 'showRetentionPolicies', ...parseOn(reader) };
  }
  if (reader.isNext(...SHOWN)) throw new InfluxQLError(`error parsing query: SHOW ${text} is not supported`);
  throw reader.unexpected(SHOWN);
}

function parseFieldKeys(reader: TokenReader): Statement {
  if (reader.take('KEYS')) {
    const database = parseOn(reader);
    const from = reader.take('FROM') ? parseFrom(reader) : [];
    parseOrder(reader);
    return { kind: 'showFieldKeys', ...database, from, ...parsePage(reader) };
  }
  if (reader.take('KEY')) refuseCardinality(reader, 'FIELD KEY', true);
  throw reader.unexpected(['KEY', 'KEYS']);
}

function parseTags(reader: TokenReader): Statement {
  if (reader.take('KEYS')) return { kind: 'showTagKeys', ...parseRest(reader) };
  if (reader.take('KEY')) refuseCardinality(reader, 'TAG KEY', true);
  if (!reader.take('VALUES')) throw reader.unexpected(['KEY', 'KEYS', 'VALUES']);
  refuseCardinality(reader, 'TAG VALUES');
  const database = parseOn(reader);
  const from = reader.take('FROM') ? parseFrom(reader) : [];
  reader.require('WITH', 'KEY');
  const match = parseMatch(reader, ['IN', '=', '=~']);
  return { kind: 'showTagValues', ...database, from, match, ...parseEnd(reader) };
}

function parseMeasurements(reader: TokenReader): Statement {
  const database = parseOn(reader);
  if (!reader.take('WITH')) return { kind: 'showMeasurements', ...database, from: [], ...parseEnd(reader) };
  reader.require('MEASUREMENT');
  if (!reader.isNext('=', '=~')) throw reader.unexpected(['=', '=~']);
  const match = parseMatch(reader, ['=', '=~']);
  return { kind: 'showMeasurements', ...database, from: [], match, ...parseEnd(reader) };
}

/** A comparison with a name, a regular expression or a list of names. */
function parseMatch(reader: TokenReader, expected: readonly string[]): NameMatch {
  if (reader.take('IN')) {
    reader.require('(');
    const names: string[] = [];
    do names.push(reader.name());
    while (reader.take(','));
    reader.require(')');
    if (names.length > MOST_NAMES) throw new InfluxQLError(`error parsing query: more than ${MOST_NAMES} names in IN`);
    return { operator: 'IN', names };
  }
  const operator = reader.peek.text;
  if (!reader.isNext('=', '!=', '=~', '!~')) throw reader.unexpected(expected);
  reader.next();
  if (operator === '=' || operator === '!=') return { operator, name: reader.name() };
  const regex = reader.regex();
  if (regex) return { operator: operator === '=~' ? '=~' : '!~', regex };
  throw reader.unexpected(['regex']);
}

type Rest = Pick<Extract<Statement, { kind: 'showSeries' }>, 'database' | 'from' | 'where'> & Page;

function parseRest(reader: TokenReader): Rest {
  const database = parseOn(reader);
  const from = reader.take('FROM') ? parseFrom(reader) : [];
  return { ...database, from, ...parseEnd(reader) };
}

function parseEnd(reader: TokenReader): Omit<Rest, 'database' | 'from'> {
  const where = parseWhere(reader);
  parseOrder(reader);
  return { ...(where && { where }), ...parsePage(reader) };
}

function parseOn(reader: TokenReader): { readonly database?: string } {
  return reader.take('ON') ? { database: reader.name() } : {};
}

/** @param isOnly whether nothing else may follow */
function refuseCardinality(reader: TokenReader, named: string, isOnly = false): void {
  if (reader.isNext('EXACT', 'CARDINALITY'))
    throw new InfluxQLError(`error parsing query: SHOW ${named} CARDINALITY is not supported`);
  if (isOnly) throw reader.unexpected(['EXACT', 'CARDINALITY']);
}
