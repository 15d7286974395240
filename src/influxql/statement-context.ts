import type { CurrentApiKey } from '../auth/current-key.decorator';
import type { YieldTurn } from '../common/http/yield';

/** The buckets that a key can access, as databases. */
export interface Databases {
  /**
   * The bucket of a database.
   *
   * @param name undefined if neither the statement nor the request names one
   * @throws InfluxQLError `database name required` or `database not found: x`
   */
  bucketIdOf(name: string | undefined): Promise<string>;
  /** Their names, sorted. */
  names(): Promise<readonly string[]>;
}

/** What a statement needs of its request. */
export interface StatementContext {
  readonly key: CurrentApiKey;
  /** The database that the request names. */
  readonly database?: string | undefined;
  readonly databases: Databases;
  /** Milliseconds since 1970, the same for all statements of a request. */
  readonly now: number;
  /** Yields to other work, and throws when the client has closed its connection. */
  readonly yieldTurn: YieldTurn;
}
