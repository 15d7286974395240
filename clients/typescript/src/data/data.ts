import type { Body, Query, Reply, Schema } from '../api/types';
import type { CallOptions, Connection } from '../http/connection';
import { linesOf, textOf } from '../http/text-stream';
import { Watch } from '../http/timing';
import { streamEvents, type StreamEvent, type StreamOptions } from '../live/live-stream';
import { BatchWriter } from '../writer/batch-writer';
import type { WriterOptions } from '../writer/writer-options';
import { filterQuery, type PointFilter } from './point-query';
import { pointJson, type Point } from './points';

/** A query without its format: `query` returns rows, `queryColumns` columns. */
export type DataQuery = Omit<Body<'queryData'>, 'format'>;
/** A point, or the aggregates of a group of points. */
export type Row = Schema<'RowView'>;
/** The points or groups of one data source, with a list for each column. */
export type Columns = Schema<'ColumnsView'>;
export type QueryInfo = Schema<'QueryInfo'>;
export type StoredPoint = Schema<'PointView'>;
export type LatestQuery = Query<'getLatestData'>;
export type BatchCounts = Omit<Reply<'ingestBatch'>, 'message'>;

export interface QueryResult<T> {
  readonly data: readonly T[];
  readonly metadata: QueryInfo;
}

type ExportParameters = Omit<Query<'exportData'>, 'dataSourceId' | 'fields' | 'metadata' | 'aggregation' | 'format'>;

/** What to export. */
export interface ExportQuery extends PointFilter, Omit<ExportParameters, 'bucketId'> {
  readonly aggregation?: NonNullable<Body<'queryData'>['aggregation']>;
}

/** A row of an export: without `_id`, with the name of the data source. */
export type ExportRow = Omit<Row, '_id'>;

/** Points of a bucket: write, query, export and stream them. */
export class Data {
  constructor(private readonly connection: Connection) {}

  /** Stores a point. It is on disk when the promise resolves. For more than a few points, use a `writer`. */
  async insert(point: Point & { bucketId?: string }, options?: CallOptions): Promise<StoredPoint> {
    const { bucketId } = point;
    const body = { bucketId, ...(JSON.parse(pointJson(point)) as object) };
    const request = { ...options, body, isRepeatable: true };
    return (await this.connection.json<Reply<'ingestPoint'>>('POST', '/api/data', request)).dataPoint;
  }

  /** Stores up to 1000 points, all or none. They are on disk when the promise resolves. */
  async insertMany(points: readonly Point[], options: CallOptions & { bucketId?: string } = {}): Promise<BatchCounts> {
    const { bucketId, ...call } = options;
    const dataPoints = points.map((point) => JSON.parse(pointJson(point)) as object);
    const request = { ...call, body: { bucketId, dataPoints }, isRepeatable: true };
    const { inserted, updated, duplicates, rejected } = await this.connection.json<Reply<'ingestBatch'>>(
      'POST',
      '/api/data/batch',
      request,
    );
    return { inserted, updated, duplicates, rejected };
  }

  /** Sends points in batches in the background, and keeps them while the server cannot be reached. */
  writer(options?: WriterOptions): BatchWriter {
    return new BatchWriter(this.connection, options);
  }

  /** Points, or aggregates of them, as rows. */
  query(query: DataQuery, options?: CallOptions): Promise<QueryResult<Row>> {
    return this.connection.json('POST', '/api/data/query', { ...options, body: query, isRepeatable: true });
  }

  /** The same rows as one entry for each data source with a list for each column: shorter, and made for charts. */
  queryColumns(query: DataQuery, options?: CallOptions): Promise<QueryResult<Columns>> {
    const body = { ...query, format: 'columns' };
    return this.connection.json('POST', '/api/data/query', { ...options, body, isRepeatable: true });
  }

  /** All rows of a query, page by page. `filters.limit` is the size of a page. */
  async *rows(query: DataQuery, options?: CallOptions): AsyncGenerator<Row, void, undefined> {
    let cursor: string | undefined;
    do {
      const filters = { limit: 1000, ...query.filters, ...(cursor !== undefined && { cursor }) };
      const { data, metadata } = await this.query({ ...query, filters }, options);
      yield* data;
      cursor = metadata.nextCursor;
    } while (cursor !== undefined);
  }

  /** The point with the latest timestamp of each data source, or with `mode: 'fields'` the last value of each field. */
  async latest(query?: LatestQuery, options?: CallOptions): Promise<readonly Row[]> {
    return (await this.connection.json<Reply<'getLatestData'>>('GET', '/api/data/latest', { ...options, query })).data;
  }

  /** All rows of a range, oldest first, while they are read from the server. Breaking out of the loop ends the request. */
  async *export(query: ExportQuery = {}, options: CallOptions = {}): AsyncGenerator<ExportRow, void, undefined> {
    const { response, watch } = await this.openExport({ ...query, format: 'ndjson' }, options);
    for await (const line of linesOf(textOf(response, watch))) yield JSON.parse(line) as ExportRow;
  }

  /** An export as CSV, in pieces of text. */
  async *exportCsv(query: ExportQuery = {}, options: CallOptions = {}): AsyncGenerator<string, void, undefined> {
    const { response, watch } = await this.openExport({ ...query, format: 'csv' }, options);
    yield* textOf(response, watch);
  }

  private async openExport(query: ExportQuery & { format: string }, options: CallOptions) {
    const millis = options.timeoutMillis ?? this.connection.timeoutMillis;
    const watch = new Watch(options.signal, millis, 'The server sent nothing');
    const parameters = { ...query, dataSourceIds: undefined, ...filterQuery(query) };
    const request = { query: parameters, signal: watch.signal };
    try {
      return { response: await this.connection.send('GET', '/api/data/export', request), watch };
    } catch (cause) {
      watch.end();
      throw watch.causeOf(cause);
    }
  }

  /** New points as they are stored. The stream reconnects, and continues after the last event. */
  stream(options?: StreamOptions): AsyncGenerator<StreamEvent, void, undefined> {
    return streamEvents(this.connection, options);
  }

  /** Deletes the points of a range. Needs an Admin key. */
  delete(range: Body<'deleteData'>, options?: CallOptions): Promise<Reply<'deleteData'>> {
    return this.connection.json('DELETE', '/api/data', { ...options, body: range });
  }
}
