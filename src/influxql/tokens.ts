/** The words of the language. They are names only in double quotes. */
export const KEYWORDS: ReadonlySet<string> = new Set(
  `ALL ALTER ANALYZE AND ANY AS ASC BEGIN BY CARDINALITY CONTINUOUS CREATE DATABASE DATABASES DEFAULT DELETE DESC DESTINATIONS
  DIAGNOSTICS DISTINCT DROP DURATION END EVERY EXACT EXPLAIN FALSE FIELD FOR FROM GRANT GRANTS GROUP GROUPS IN INF INSERT INTO KEY
  KEYS KILL LIMIT MEASUREMENT MEASUREMENTS NAME OFFSET ON OR ORDER PASSWORD POLICIES POLICY PRIVILEGES QUERIES QUERY READ
  REPLICATION RESAMPLE RETENTION REVOKE SELECT SERIES SET SHARD SHARDS SHOW SLIMIT SOFFSET STATS SUBSCRIPTION SUBSCRIPTIONS TAG TO TRUE
  USER USERS VALUES WHERE WITH WRITE`.split(/\s+/),
);

export type TokenKind =
  'keyword' | 'name' | 'string' | 'integer' | 'number' | 'duration' | 'symbol' | 'parameter' | 'bad' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** A keyword in upper case, the content of a name or string, or the text as it is written. */
  readonly text: string;
  /** Where it begins in the text. */
  readonly at: number;
  readonly end: number;
  /** The place that an error shows: InfluxDB counts strings, and the end after a name, from one character beside. */
  readonly shownAt: number;
}
