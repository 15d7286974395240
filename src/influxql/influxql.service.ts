import { Injectable } from '@nestjs/common';
import { onePage, type Series } from './answer';
import { InfluxQLError } from './influxql-error';
import type { StatementContext } from './statement-context';
import type { Statement } from './syntax';

/** Runs statements of InfluxQL. */
@Injectable()
export class InfluxQLService {
  /**
   * The series of a statement's answer, which has none if there is no data.
   *
   * @throws InfluxQLError for a statement that cannot be run
   * @throws ApiError for a database that the key may not read
   */
  async *run(statement: Statement, context: StatementContext): AsyncGenerator<Series> {
    switch (statement.kind) {
      case 'create':
        await context.databases.bucketIdOf(statement.database);
        return;
      case 'showDatabases':
        yield databasesOf(await context.databases.names());
        return;
      default:
        throw new InfluxQLError(`${statement.kind} is not supported`);
    }
  }
}

function databasesOf(names: readonly string[]): Series {
  return { name: 'databases', columns: ['name'], hasTime: false, pages: onePage(names.map((name) => [name])) };
}
