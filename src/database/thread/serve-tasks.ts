import { parentPort, workerData } from 'node:worker_threads';
import BetterSqlite3 from 'better-sqlite3';
import type { EntityManager } from 'typeorm';
import { PreparedStatements } from '../prepared-statements';
import { prepareSqlite } from '../sqlite';
import type { Reply, Result, SqlTask } from './tasks';

/** SQLite's code for statements whose transaction was rolled back. */
const ROLLED_BACK_CODE = 'SQLITE_ABORT_ROLLBACK';
/** The statements that need no transaction. */
const OUTSIDE_TRANSACTION = /^(BEGIN|PRAGMA)\b/;

type Calls = Readonly<Record<string, (manager: EntityManager, argument: never) => Promise<unknown>>>;

/**
 * Executes the tasks of a `ThreadConnection`, one after the other, with a connection of its own.
 *
 * @param calls functions that can be called. Their manager is for the functions of `sql.ts` only
 */
export function serveTasks(calls: Calls): void {
  const { path } = workerData as { readonly path: string };
  const connection = new BetterSqlite3(path, { fileMustExist: true });
  prepareSqlite(connection);
  // The writer waits for locks of other processes.
  connection.pragma('busy_timeout = 0');
  const statements = new PreparedStatements(connection);
  const dataSource = { options: { type: 'better-sqlite3' }, driver: { databaseConnection: connection } };
  const manager = { connection: dataSource } as unknown as EntityManager;

  const execute = (task: SqlTask): unknown => {
    if (task.kind === 'call') return calls[task.name]?.(manager, task.argument as never);
    if (task.kind === 'close') return void connection.close();
    if (task.kind === 'each') return statements.each(task.sql, task.lists);
    if (task.kind !== 'typeorm') return statements[task.kind](task.sql, task.values);
    const statement = statements.of(task.sql);
    if (statement.reader) return { rows: statement.all(...task.values) };
    const { changes, lastInsertRowid } = statement.run(...task.values);
    return { changes, lastId: lastInsertRowid };
  };
  /**
   * SQLite rolls a transaction back by itself on a full disk, and a thread that replaces another one has none. Later statements of the
   * transaction would then be committed one by one.
   */
  const isRefused = (task: SqlTask) =>
    task.kind !== 'close' && !connection.inTransaction && !('sql' in task && OUTSIDE_TRANSACTION.test(task.sql));
  const answer = async (task: SqlTask): Promise<Result> => {
    try {
      if (isRefused(task))
        throw Object.assign(new Error('The transaction was rolled back'), { code: ROLLED_BACK_CODE });
      return { value: await execute(task) };
    } catch (cause) {
      const { message, code } = cause as NodeJS.ErrnoException;
      return { failure: { message, code } };
    }
  };
  let last: Promise<void> = Promise.resolve();
  parentPort?.on('message', (tasks: readonly SqlTask[]) => {
    last = last.then(async () => {
      const results: Result[] = [];
      for (const task of tasks) results.push(await answer(task));
      parentPort?.postMessage({ results, inTransaction: connection.inTransaction } satisfies Reply);
    });
  });
}
