import { ApiError } from '../common/errors';
import { STATEMENT_UNSUPPORTED } from './influx.errors';

const NAME = String.raw`(?:"((?:[^"\\]|\\.)*)"|([\p{L}_][\p{L}\p{N}_]*))`;
const CREATE_DATABASE = new RegExp(String.raw`^CREATE\s+DATABASE\s+${NAME}(?:\s+WITH\s[^;]*)?$`, 'iu');
const CREATE_POLICY = new RegExp(
  String.raw`^(?:CREATE|ALTER)\s+RETENTION\s+POLICY\s+${NAME}\s+ON\s+${NAME}(?:\s[^;]*)?$`,
  'iu',
);
const FIRST_WORDS = /^[A-Za-z]+(?:\s+[A-Za-z]+)?/;

/** The databases that a text of statements wants to exist, one for each statement. @throws ApiError for any other statement */
export function databasesIn(text: string): string[] {
  const statements = text.split(';').map((one) => one.trim());
  return statements.filter((one) => one !== '').map(databaseOf);
}

function databaseOf(statement: string): string {
  const database = CREATE_DATABASE.exec(statement);
  if (database) return nameOf(database[1], database[2]);
  const policy = CREATE_POLICY.exec(statement);
  if (policy) return nameOf(policy[3], policy[4]);
  const shown = FIRST_WORDS.exec(statement)?.[0].toUpperCase() ?? 'this statement';
  throw new ApiError(STATEMENT_UNSUPPORTED, { words: { statement: shown } });
}

function nameOf(quoted: string | undefined, plain = ''): string {
  return quoted?.replace(/\\(.)/gu, '$1') ?? plain;
}
