import { InfluxQLError } from './influxql-error';
import type { Statement } from './syntax';
import type { TokenReader } from './token-reader';

const CREATED = ['CONTINUOUS', 'DATABASE', 'USER', 'RETENTION', 'SUBSCRIPTION'];
const OPTIONS = ['DURATION', 'REPLICATION', 'SHARD', 'DEFAULT'];

/** `CREATE DATABASE x …` and `CREATE RETENTION POLICY x ON y …`, after the first word. */
export function parseCreate(reader: TokenReader): Statement {
  const { text } = reader.peek;
  if (reader.take('DATABASE')) {
    const database = reader.name();
    if (reader.take('WITH') && !parseOptions(reader, true))
      throw reader.unexpected(['DURATION', 'NAME', 'REPLICATION', 'SHARD']);
    return { kind: 'create', database };
  }
  if (reader.isNext('RETENTION')) return parsePolicy(reader, ['DURATION', 'REPLICATION']);
  if (reader.isNext(...CREATED)) throw new InfluxQLError(`error parsing query: CREATE ${text} is not supported`);
  throw reader.unexpected(CREATED);
}

/** `ALTER RETENTION POLICY x ON y …`, after the first word. */
export function parseAlter(reader: TokenReader): Statement {
  return parsePolicy(reader, []);
}

/** @param first the options that it must have, in this order */
function parsePolicy(reader: TokenReader, first: readonly string[]): Statement {
  reader.require('RETENTION', 'POLICY');
  reader.name();
  reader.require('ON');
  const database = reader.name();
  for (const option of first) {
    if (!reader.isNext(option)) throw reader.unexpected([option]);
    parseOption(reader, false);
  }
  if (!parseOptions(reader, false) && first.length === 0) throw reader.unexpected(OPTIONS);
  return { kind: 'create', database };
}

/** Skips the options of a retention policy, and returns whether there are any. The retention of a bucket is set in its own API. */
function parseOptions(reader: TokenReader, ofDatabase: boolean): boolean {
  let count = 0;
  while (parseOption(reader, ofDatabase)) count += 1;
  return count > 0;
}

function parseOption(reader: TokenReader, ofDatabase: boolean): boolean {
  if (reader.take('SHARD')) {
    reader.require('DURATION');
    skipDuration(reader);
  } else if (reader.take('DURATION')) skipDuration(reader);
  else if (reader.take('REPLICATION')) skip(reader, ['integer'], 'integer');
  else if (ofDatabase) return reader.take('NAME') && reader.name() !== undefined;
  else return reader.take('DEFAULT');
  return true;
}

function skipDuration(reader: TokenReader): void {
  if (!reader.take('INF')) skip(reader, ['duration', 'integer'], 'duration');
}

function skip(reader: TokenReader, kinds: readonly string[], said: string): void {
  if (!kinds.includes(reader.peek.kind)) throw reader.unexpected([said]);
  reader.next();
}
