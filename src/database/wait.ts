import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Config } from '../common/config/config';
import { ConfigError } from '../common/config/settings';
import { explainDatabaseFailure } from './start-failures';

const RETRY_MILLIS = 500;
const LOGGED_EVERY_MILLIS = 10_000;
const LONGEST_ANSWER_MILLIS = 10_000;

/**
 * Opens the database, with retries for `databaseWaitSeconds` while it is not available. Logs the reason at once and every ten
 * seconds.
 *
 * @throws ConfigError with a sentence for the operator; other errors are rethrown
 */
export async function waitForDatabase<T>(
  open: () => Promise<T>,
  { database, databaseWaitSeconds }: Pick<Config, 'database' | 'databaseWaitSeconds'>,
): Promise<T> {
  const wait = new Wait(databaseWaitSeconds);
  for (;;) {
    try {
      const opened = await open();
      wait.end();
      return opened;
    } catch (cause) {
      const failure = cause instanceof ConfigError ? undefined : explainDatabaseFailure(cause, database);
      if (!failure) throw cause;
      const { remainingMillis } = wait;
      if (!failure.passes || remainingMillis <= 0) throw new ConfigError(failure.sentence, { cause });
      wait.log(failure.sentence);
      // The last try is when the time is over.
      await sleep(Math.min(RETRY_MILLIS, remainingMillis));
    }
  }
}

class Wait {
  private readonly logger = new Logger('Database');
  private readonly startedAt = performance.now();
  private loggedAt: number | undefined;

  constructor(private readonly seconds: number) {}

  get remainingMillis(): number {
    return Math.ceil(this.seconds * 1000 - (performance.now() - this.startedAt));
  }

  log(reason: string): void {
    const now = performance.now();
    if (this.loggedAt === undefined)
      this.logger.warn(`Waiting up to ${this.seconds} s for the database (DAKKIO_DATABASE_WAIT_SECONDS). ${reason}`);
    else if (now - this.loggedAt < LOGGED_EVERY_MILLIS) return;
    else this.logger.warn(`Still waiting for the database, for ${this.elapsed()} of ${this.seconds} s. ${reason}`);
    this.loggedAt = now;
  }

  end(): void {
    if (this.loggedAt !== undefined) this.logger.log(`The database is available after ${this.elapsed()} s`);
  }

  private elapsed(): number {
    return Math.round((performance.now() - this.startedAt) / 1000);
  }
}

/**
 * Runs one statement with a deadline, which TypeORM's first connection lacks: PgBouncer accepts connections while PostgreSQL is
 * down, and queues their statements for minutes.
 */
export async function askPostgres(url: string): Promise<void> {
  const { Client } = await import('pg');
  const client = new Client({
    connectionString: url,
    application_name: 'dakkio',
    connectionTimeoutMillis: LONGEST_ANSWER_MILLIS,
    query_timeout: LONGEST_ANSWER_MILLIS,
  });
  // Without a listener, a lost connection ends the process.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
    // Closes it before the pool opens its own connections.
    await client.end();
  } catch (cause) {
    void client.end().catch(() => {});
    throw cause;
  }
}
