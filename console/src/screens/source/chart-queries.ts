import { keepPreviousData, useQuery, type QueryClient } from '@tanstack/react-query';
import { answer, api, type Api } from '../../api/client';
import { problemOf } from '../../api/problem';
import { sendWithKey } from '../../api/send';
import { SERVER_URL } from '../../api/server';
import type { TimeRange } from '../../chart/series';
import { downloadText } from '../../lib/clipboard';
import { BUCKETS } from '../buckets/bucket-queries';
import type { SourceColumns } from './chart-series';
import type { ExplorerState } from './explorer-state';

export type SourceDetails = Api<'SourceDetails'>;

export const QUERY_URL = `${SERVER_URL}/api/data/query`;
const MAX_ROWS = 100_000;
const MAX_POINTS = 10_000;
const MAX_CSV_ROWS = 1_000_000;

export function useSource(bucketId: string, sourceId: string, isEnabled = true) {
  return useQuery({
    queryKey: [...BUCKETS, bucketId, 'sources', sourceId],
    queryFn: async ({ signal }) => {
      const path = { bucketId, sourceId };
      return (await answer(api.GET('/api/buckets/{bucketId}/sources/{sourceId}', { params: { path }, signal })))
        .dataSource;
    },
    enabled: isEnabled,
  });
}

type QueryBody = Api<'QueryBody'>;

export interface ChartQuery extends Pick<ExplorerState, 'step' | 'aggregation' | 'fill' | 'zone'> {
  readonly bucketId: string;
  readonly sourceIds: readonly string[];
  readonly fields: readonly string[];
  readonly range: TimeRange;
}

/** The query for the groups of a chart: the mean comes with its band. */
export function chartBody({ bucketId, sourceIds, fields, range, ...request }: ChartQuery): QueryBody {
  return {
    bucketId,
    groupBy: request.step,
    aggregation: request.aggregation === 'avg' ? ['avg', 'min', 'max'] : request.aggregation,
    fill: request.fill,
    timezone: request.zone,
    filters: {
      dataSourceIds: [...sourceIds],
      fields: [...fields],
      startTime: new Date(range.from).toISOString(),
      endTime: new Date(range.to).toISOString(),
    },
  };
}

export interface ChartData {
  readonly entries: readonly SourceColumns[];
  readonly rowCount: number;
  /** The range has more rows than were read. */
  readonly isCut: boolean;
  readonly millis: number;
}

/** The groups of a range, with how long the answer took. */
export function useChartData(request: ChartQuery | undefined) {
  return useColumns('chart', request && { ...chartBody(request), format: 'columns' }, MAX_ROWS);
}

type PointsQuery = Omit<ChartQuery, 'step' | 'aggregation' | 'fill'>;

/** The query for the points themselves, newest first: strings and booleans have no mean. */
export function pointsBody({ bucketId, sourceIds, fields, range, zone }: PointsQuery): QueryBody {
  return {
    bucketId,
    downsampling: false,
    timezone: zone,
    filters: {
      dataSourceIds: [...sourceIds],
      fields: [...fields],
      startTime: new Date(range.from).toISOString(),
      endTime: new Date(range.to).toISOString(),
      sort: 'desc',
    },
  };
}

/** The newest points themselves, for strings and booleans. */
export function useStates(request: PointsQuery | undefined) {
  return useColumns('states', request && { ...pointsBody(request), format: 'columns' }, MAX_POINTS);
}

function useColumns(name: string, body: QueryBody | undefined, limit: number) {
  const isAsked = body !== undefined && (body.filters?.fields?.length ?? 0) > 0;
  return useQuery({
    queryKey: [...BUCKETS, body?.bucketId, name, body],
    queryFn: async ({ signal, client }): Promise<ChartData> => {
      keepFew(client, [...BUCKETS, body?.bucketId, name]);
      const begun = performance.now();
      const asked = { ...body, filters: { ...body?.filters, limit } };
      const { data, metadata } = await answer(api.POST('/api/data/query', { body: asked, signal }));
      const millis = performance.now() - begun;
      const entries = data as unknown as readonly SourceColumns[];
      return { entries, rowCount: metadata.count, isCut: metadata.hasMore, millis };
    },
    enabled: isAsked,
    // A live chart asks for another range every few seconds.
    gcTime: 60_000,
    placeholderData: keepPreviousData,
  });
}

/** Back shows what was read before at once, but not a hundred ranges ago. */
const MAX_KEPT = 10;

function keepFew(client: QueryClient, queryKey: readonly unknown[]): void {
  const cache = client.getQueryCache();
  const unused = cache.findAll({ queryKey, type: 'inactive' });
  unused.sort((one, other) => other.state.dataUpdatedAt - one.state.dataUpdatedAt);
  for (const query of unused.slice(MAX_KEPT)) cache.remove(query);
}

/**
 * Stores the rows of a query as a file, with times in its zone.
 *
 * @throws ApiProblem where the server refuses it
 */
export async function downloadCsv(body: QueryBody, name: string): Promise<void> {
  const asked = { ...body, filters: { ...body.filters, limit: MAX_CSV_ROWS } };
  const headers = { Accept: 'text/csv', 'Content-Type': 'application/json' };
  const response = await sendWithKey(new Request(QUERY_URL, { method: 'POST', headers, body: JSON.stringify(asked) }));
  if (!response.ok) throw problemOf(response, await response.json().catch(() => undefined));
  downloadText(`${name}.csv`, await response.text(), 'text/csv');
}
