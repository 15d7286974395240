import type { SqlValue } from '../sql-value';

/** A task for the thread of a connection: a statement, a call of one of its functions, or the end of the connection. */
export type SqlTask =
  | {
      readonly kind: 'rows' | 'lists' | 'change' | 'typeorm';
      readonly sql: string;
      readonly values: readonly SqlValue[];
    }
  | { readonly kind: 'each'; readonly sql: string; readonly lists: readonly (readonly SqlValue[])[] }
  | { readonly kind: 'call'; readonly name: string; readonly argument: unknown }
  | { readonly kind: 'close' };

/** A failure as it is sent between threads, which keep no classes. */
export interface Failure {
  readonly message: string;
  readonly code: string | undefined;
}

export type Result = { readonly value: unknown } | { readonly failure: Failure };

/** The results of tasks that were sent together, in their order. */
export interface Reply {
  readonly results: readonly Result[];
  /** Whether a transaction is open after the last of them. */
  readonly inTransaction: boolean;
}

/** The result of a statement of TypeORM: rows if it reads, else what has changed. */
export type TypeOrmResult =
  { readonly rows: unknown[] } | { readonly changes: number; readonly lastId: number | bigint };
