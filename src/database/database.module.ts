import { Logger, Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../common/config/config';
import { Lookups } from './lookup';
import { migrate } from './migrate';
import { OldRows } from './old-rows';
import { databaseOptions, type Entities } from './options';
import { PostgresWriter } from './postgres-writer';
import { isPostgres } from './sql';
import { assertDurable, createSqliteFile, doNotBlockOnLocks, readOnly } from './sqlite';
import { SqliteWriter } from './sqlite-writer';
import { Writer } from './writer';

/** Marks the file as ours, for `file` and the like: "dakk". */
const APPLICATION_ID = 0x64616b6b;

/** Opens the database, brings its schema up to date, and gives the rooms repositories to read with and the `Writer`. */
@Module({})
export class DatabaseModule {
  static forRoot(entities: Entities): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      imports: [
        TypeOrmModule.forRootAsync({
          inject: [CONFIG],
          useFactory: ({ database, queriesAtOnce }: Config) => ({
            ...databaseOptions(database, entities, queriesAtOnce),
            retryAttempts: 0,
          }),
          dataSourceFactory: async (options) => open(new DataSource(options ?? fail())),
        }),
      ],
      providers: [Lookups, OldRows, { provide: Writer, inject: [DataSource], useFactory: openWriter }],
      exports: [Lookups, OldRows, Writer],
    };
  }
}

async function open(dataSource: DataSource): Promise<DataSource> {
  const { options } = dataSource;
  if (options.type === 'better-sqlite3') createSqliteFile(options.database);
  await dataSource.initialize();
  await migrate(dataSource);
  if (isPostgres(dataSource.manager)) await assertPostgresDurable(dataSource);
  // From here on only the writer writes; this connection could not even by mistake.
  else readOnly(dataSource);
  return dataSource;
}

async function openWriter(dataSource: DataSource): Promise<Writer> {
  if (isPostgres(dataSource.manager)) return new PostgresWriter(dataSource);
  const own = await new DataSource(dataSource.options).initialize();
  const writer = new SqliteWriter(own);
  await writer.write((manager) => manager.query(`PRAGMA application_id = ${APPLICATION_ID}`));
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
