import { Injectable } from '@nestjs/common';
import { BucketAccess } from '../buckets/bucket-access';
import { onePage, type Series } from './answer';
import { Catalog } from './catalog';
import { Selection } from './selection';
import { retentionPolicies, runShow } from './show';
import type { StatementContext } from './statement-context';
import type { Statement } from './syntax';

/** Runs statements of InfluxQL. */
@Injectable()
export class InfluxQLService {
  constructor(
    private readonly buckets: BucketAccess,
    private readonly catalog: Catalog,
    private readonly selection: Selection,
  ) {}

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
      case 'showRetentionPolicies': {
        const bucketId = await context.databases.bucketIdOf(statement.database ?? context.database);
        yield retentionPolicies((await this.buckets.get(context.key, bucketId)).retentionDays);
        return;
      }
      case 'select':
        yield* this.selection.run(statement, context);
        return;
      default:
        yield* runShow(this.catalog, statement, context);
    }
  }
}

function databasesOf(names: readonly string[]): Series {
  return { name: 'databases', columns: ['name'], hasTime: false, pages: onePage(names.map((name) => [name])) };
}
