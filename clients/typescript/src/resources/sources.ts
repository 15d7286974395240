import type { Body, Query, Reply, Schema } from '../api/types';
import type { CallOptions, Connection, CreateOptions } from '../http/connection';
import { allOf } from '../http/pages';

export type DataSource = Schema<'SourceView'>;
export type NewDataSource = Body<'createDataSource'>;
export type DataSourceChanges = Body<'updateDataSource'>;
export type DataSourceQuery = Query<'listDataSources'>;
type SourceList = Reply<'listDataSources'>;
export type ListedDataSource = SourceList['dataSources'][number];

/** Data sources of a bucket, and their schemas. */
export class Sources {
  constructor(private readonly connection: Connection) {}

  async create(bucketId: string, source: NewDataSource, options?: CreateOptions): Promise<DataSource> {
    const request = { ...options, body: source };
    return (await this.connection.json<Reply<'createDataSource'>>('POST', listOf(bucketId), request)).dataSource;
  }

  /** Creates up to 500 data sources: all or none. */
  createMany(
    bucketId: string,
    sources: Body<'createManyDataSources'>['sources'],
    options?: CreateOptions,
  ): Promise<Reply<'createManyDataSources'>> {
    return this.connection.json('POST', `${listOf(bucketId)}/bulk`, { ...options, body: { sources } });
  }

  /** One page: by default 100 data sources, oldest first. */
  list(bucketId: string, query?: DataSourceQuery, options?: CallOptions): Promise<SourceList> {
    return this.connection.json('GET', listOf(bucketId), { ...options, query });
  }

  /** All data sources of a bucket. */
  all(
    bucketId: string,
    query: Omit<DataSourceQuery, 'limit' | 'offset' | 'after' | 'sort'> = {},
    options?: CallOptions,
  ): AsyncGenerator<ListedDataSource, void, undefined> {
    return allOf<ListedDataSource, DataSourceQuery>(query, async (page) => {
      const { dataSources, pagination } = await this.list(bucketId, page, options);
      return { items: dataSources, pagination };
    });
  }

  /** A data source, with its counts in `stats`. */
  async get(bucketId: string, sourceId: string, options?: CallOptions): Promise<Reply<'getDataSource'>['dataSource']> {
    const path = pathOf(bucketId, sourceId);
    return (await this.connection.json<Reply<'getDataSource'>>('GET', path, options)).dataSource;
  }

  async update(
    bucketId: string,
    sourceId: string,
    changes: DataSourceChanges,
    options?: CallOptions,
  ): Promise<DataSource> {
    const request = { ...options, body: changes };
    const path = pathOf(bucketId, sourceId);
    return (await this.connection.json<Reply<'updateDataSource'>>('PATCH', path, request)).dataSource;
  }

  /** Deletes a data source with its points and rules. Returns what was deleted. */
  delete(bucketId: string, sourceId: string, options?: CallOptions): Promise<Reply<'deleteDataSource'>> {
    return this.connection.json('DELETE', pathOf(bucketId, sourceId), options);
  }
}

function listOf(bucketId: string): string {
  return `/api/buckets/${encodeURIComponent(bucketId)}/sources`;
}

function pathOf(bucketId: string, sourceId: string): string {
  return `${listOf(bucketId)}/${encodeURIComponent(sourceId)}`;
}
