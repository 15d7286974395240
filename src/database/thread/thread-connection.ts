import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Reply, SqlTask } from './tasks';

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (cause: Error) => void;
}

/** A failed statement, with SQLite's code. */
export class ThreadedSqliteError extends Error {
  override readonly name = 'SqliteError';

  constructor(
    message: string,
    readonly code: string | undefined,
  ) {
    super(message);
  }
}

/**
 * An SQLite connection in a worker thread, whose statements do not block the event loop. The thread starts with the first task. Tasks that
 * are added in the same turn are sent in one message, because a round trip takes longer than a small statement.
 */
export class ThreadConnection {
  /** Whether a transaction was open after the last task. */
  inTransaction = false;
  private worker: Worker | undefined;
  private hasAnswered = false;
  private failure: Error | undefined;
  private gathered: { readonly task: SqlTask; readonly waiting: Waiting }[] = [];
  /** Messages without a reply yet, oldest first: the callers of their tasks. */
  private sent: (readonly Waiting[])[] = [];

  /** @param path the SQLite file, which must exist */
  constructor(private readonly path: string) {}

  /** Why the thread could not be started; undefined if it could, or was not needed yet. */
  get startFailure(): Error | undefined {
    return this.hasAnswered ? undefined : this.failure;
  }

  /** @throws ThreadedSqliteError if the task fails. If the thread ends, its transaction is rolled back */
  ask<T>(task: SqlTask): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.gathered.length === 0) queueMicrotask(() => this.send());
      this.gathered.push({ task, waiting: { resolve: resolve as (result: unknown) => void, reject } });
    });
  }

  /** Closes the connection and ends the thread. */
  async close(): Promise<void> {
    if (!this.worker) return;
    await this.ask({ kind: 'close' }).catch(() => undefined);
    await this.worker?.terminate();
  }

  private send(): void {
    const { gathered } = this;
    this.gathered = [];
    this.sent.push(gathered.map(({ waiting }) => waiting));
    try {
      this.worker ??= this.start();
      this.worker.ref();
      this.worker.postMessage(gathered.map(({ task }) => task));
    } catch (cause) {
      this.failed(cause as Error);
    }
  }

  private start(): Worker {
    const worker = new Worker(findProgram(), { workerData: { path: this.path } });
    worker.on('message', (reply: Reply) => this.receive(reply));
    worker.on('error', (cause: Error) => this.failed(cause));
    worker.on('exit', () => this.failed(new Error('The thread of the database has ended')));
    return worker;
  }

  private receive({ results, inTransaction }: Reply): void {
    this.hasAnswered = true;
    const waiting = this.sent.shift() ?? [];
    if (this.sent.length === 0) this.worker?.unref();
    this.inTransaction = inTransaction;
    for (const [index, result] of results.entries())
      if ('value' in result) waiting[index]?.resolve(result.value);
      else waiting[index]?.reject(new ThreadedSqliteError(result.failure.message, result.failure.code));
  }

  /** The connection has closed with its thread. The next task starts another. */
  private failed(cause: Error): void {
    this.failure = cause;
    this.worker = undefined;
    this.inTransaction = false;
    const all = this.sent.flat();
    this.sent = [];
    for (const { reject } of all) reject(new ThreadedSqliteError(cause.message, 'SQLITE_IOERR'));
  }
}

/** The build writes it beside the bundle. `dist/modules` and tests, which run the sources, use the same file. */
const PROGRAM_FOLDERS = ['.', '../../..', '../../../dist'];

function findProgram(): string {
  const paths = PROGRAM_FOLDERS.map((folder) => join(__dirname, folder, 'sqlite-thread.js'));
  return paths.find((path) => existsSync(path)) ?? (paths[0] as string);
}
