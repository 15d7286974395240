import { InfluxQLError } from './influxql-error';
import { parseSelect } from './parse-select';
import { parseShow } from './parse-show';
import { parseAlter, parseCreate } from './parse-create';
import type { Statement } from './syntax';
import { TokenReader } from './token-reader';

export const LONGEST_QUERY = 262_144;
export const MOST_STATEMENTS = 100;
const FIRST_WORDS = 'SELECT, DELETE, SHOW, CREATE, DROP, EXPLAIN, GRANT, REVOKE, ALTER, SET, KILL'.split(', ');
const UNSUPPORTED = ['DELETE', 'DROP', 'EXPLAIN', 'GRANT', 'REVOKE', 'SET', 'KILL'];

/**
 * Parses statements, separated by semicolons.
 *
 * @param params the values of bound parameters such as `$host`
 * @throws InfluxQLError in the words of InfluxDB for what is not a statement, and for a statement that is not supported, by its name
 */
export function parseStatements(text: string, params: Readonly<Record<string, unknown>> = {}): Statement[] {
  if (text.length > LONGEST_QUERY)
    throw new InfluxQLError(`error parsing query: the text exceeds ${LONGEST_QUERY} characters`);
  const reader = new TokenReader(text, params);
  const statements: Statement[] = [];
  for (;;) {
    while (reader.take(';')) continue;
    if (reader.isAtEnd) return statements;
    if (statements.length === MOST_STATEMENTS)
      throw new InfluxQLError(`error parsing query: more than ${MOST_STATEMENTS} statements`);
    statements.push(statementOf(reader));
    if (!reader.isAtEnd && !reader.isNext(';')) throw reader.unexpected([';']);
  }
}

function statementOf(reader: TokenReader): Statement {
  const { text } = reader.peek;
  if (reader.take('SELECT')) return parseSelect(reader);
  if (reader.take('SHOW')) return parseShow(reader);
  if (reader.take('CREATE')) return parseCreate(reader);
  if (reader.take('ALTER')) return parseAlter(reader);
  if (reader.isNext(...UNSUPPORTED)) throw new InfluxQLError(`error parsing query: ${text} is not supported`);
  throw reader.unexpected(FIRST_WORDS);
}
