import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answer, api, type Api } from '../../api/client';
import type { ChartSeries, TimeRange } from '../../chart/series';
import { BUCKETS } from '../buckets/bucket-queries';
import { stepFor } from './steps';

export type SourceDetails = Api<'SourceDetails'>;

export function useSource(bucketId: string, sourceId: string) {
  return useQuery({
    queryKey: [...BUCKETS, bucketId, 'sources', sourceId],
    queryFn: async ({ signal }) => {
      const path = { bucketId, sourceId };
      return (await answer(api.GET('/api/buckets/{bucketId}/sources/{sourceId}', { params: { path }, signal })))
        .dataSource;
    },
  });
}

/** The mean, least and greatest value of each number in a range. */
export function useCourse(source: SourceDetails | undefined, { from, to }: TimeRange) {
  return useQuery({
    queryKey: [...BUCKETS, source?.bucketId, 'course', source?._id, from, to],
    queryFn: async ({ signal }) => {
      if (!source) return [];
      const fields = numbersOf(source);
      const body: Api<'QueryBody'> = {
        bucketId: source.bucketId,
        groupBy: stepFor(to - from),
        aggregation: ['avg', 'min', 'max'],
        fill: 'null',
        filters: { dataSourceId: source._id, startTime: from, endTime: to, fields, limit: 10_000 },
      };
      const { data } = await answer(api.POST('/api/data/query', { body, signal }));
      return fields.map((field) => seriesOf(source, field, data));
    },
    enabled: source !== undefined && numbersOf(source).length > 0,
    placeholderData: keepPreviousData,
  });
}

export function numbersOf({ schema }: Pick<SourceDetails, 'schema'>): string[] {
  return Object.keys(schema).filter((name) => schema[name]?.type === 'number');
}

type Groups = Readonly<Record<string, number | null>>;

function seriesOf({ schema }: SourceDetails, field: string, rows: readonly Api<'RowView'>[]): ChartSeries {
  const groups = rows.map(({ values }) => (values[field] ?? {}) as unknown as Groups);
  const column = (name: string) => groups.map((group) => group[name] ?? null);
  return {
    id: field,
    label: field,
    unit: schema[field]?.unit,
    times: rows.map(({ timestamp }) => Date.parse(timestamp)),
    values: column('avg'),
    low: column('min'),
    high: column('max'),
  };
}
