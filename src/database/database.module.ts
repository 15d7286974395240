import { Logger, Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../common/config/config';
import { OutageLog } from '../common/outage-log';
import { findServerSecret, openServerSecret, ServerSecret } from '../common/server-secret';
import { admitPostgres, admitSqlite } from './identity/admission';
import { AuditStore } from './audit-store';
import { boundPool } from './bounded-pool';
import { BatchedReads } from './batched-reads';
import { migrate } from './migrate';
import { ExpiredRows } from './expired-rows';
import { openWithReserve } from './open-with-reserve';
import { databaseOptions, migrationNames, type Entities } from './options';
import { PostgresWriter } from './postgres-writer';
import { remediesOf } from './remedies';
import { isPostgres } from './sql';
import { assertDurable, doNotBlockOnLocks, readOnly } from './sqlite';
import { SqliteWriter } from './sqlite-writer';
import { PeriodicTasks } from './periodic-task';
import { askPostgres, waitForDatabase } from './wait';
import { Writer } from './writer';

/** Opens the database, migrates it, and provides repositories for reads, the `Writer` and the server's secret. */
@Module({})
export class DatabaseModule {
  static forRoot(entities: Entities): DynamicModule {
    let config: Config | undefined;
    return {
      module: DatabaseModule,
      global: true,
      imports: [
        TypeOrmModule.forRootAsync({
          inject: [CONFIG],
          useFactory: (given: Config) => {
            config = given;
            return { ...databaseOptions(given.database, entities, given.postgresConnections), retryAttempts: 0 };
          },
          dataSourceFactory: (options) => {
            const given = config ?? fail();
            const openOnce = () => open(new DataSource(options ?? fail()), given);
            return waitForDatabase(() => openWithReserve(given.database, openOnce), given);
          },
        }),
      ],
      providers: [
        ...[BatchedReads, ExpiredRows, PeriodicTasks],
        {
          provide: OutageLog,
          inject: [CONFIG],
          useFactory: ({ database }: Config) => new OutageLog(undefined, undefined, remediesOf(database)),
        },
        { provide: Writer, inject: [DataSource, AuditStore, CONFIG], useFactory: openWriter },
        // A new secret is created only after the database is open and is known not to need an existing secret.
        { provide: ServerSecret, inject: [CONFIG, DataSource], useFactory: openServerSecret },
      ],
      exports: [BatchedReads, ExpiredRows, OutageLog, PeriodicTasks, Writer, ServerSecret],
    };
  }
}

/** Closes the connection if preparing it fails. */
async function open(dataSource: DataSource, config: Config): Promise<DataSource> {
  try {
    return await prepare(dataSource, config);
  } catch (cause) {
    if (dataSource.isInitialized) await dataSource.destroy().catch(() => {});
    throw cause;
  }
}

async function prepare(dataSource: DataSource, config: Config): Promise<DataSource> {
  const known = migrationNames(dataSource.options);
  findServerSecret(config);
  if (config.database.type === 'sqlite') admitSqlite(config.database.path, known, config);
  else await askPostgres(config.database.url);
  await dataSource.initialize();
  if (config.database.type === 'postgres') await admitPostgres(dataSource, known, config);
  await migrate(dataSource);
  if (isPostgres(dataSource.manager)) {
    await assertPostgresDurable(dataSource);
    boundPool(dataSource).hasDeadlines = true;
    return dataSource;
  }
  // Only the writer's connection may write.
  readOnly(dataSource);
  return dataSource;
}

async function openWriter(
  dataSource: DataSource,
  auditStore: AuditStore,
  { diskReserveBytes }: Config,
): Promise<Writer> {
  if (isPostgres(dataSource.manager)) return new PostgresWriter(dataSource, auditStore);
  const own = await new DataSource(dataSource.options).initialize();
  const writer = new SqliteWriter(own, auditStore, diskReserveBytes);
  assertDurable(own);
  doNotBlockOnLocks(own);
  return writer;
}

async function assertPostgresDurable(dataSource: DataSource): Promise<void> {
  const shown = async (name: string) => {
    const rows = await dataSource.query<Record<string, string>[]>(`SHOW ${name}`);
    return rows[0]?.[name];
  };
  if ((await shown('fsync')) === 'off') {
    new Logger('Database').warn('PostgreSQL runs with fsync=off: answered writes can be lost when its machine fails');
  }
}

function fail(): never {
  throw new Error('TypeORM was given no options');
}
