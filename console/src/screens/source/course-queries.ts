import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answer, api, type Api } from '../../api/client';
import { numbersOf, queryColumns, type Columns } from '../../api/columns';
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
      const fields = numericFields(source);
      const filters = { dataSourceId: source._id, startTime: from, endTime: to, fields, limit: 100_000 };
      const [columns] = await queryColumns(
        {
          bucketId: source.bucketId,
          groupBy: stepFor(to - from),
          aggregation: ['avg', 'min', 'max'],
          fill: 'null',
          filters,
        },
        signal,
      );
      return fields.map((field) => seriesOf(source, field, columns));
    },
    enabled: source !== undefined && numericFields(source).length > 0,
    placeholderData: keepPreviousData,
  });
}

/** The fields that are numbers, in the order of the schema. */
export function numericFields({ schema }: Pick<SourceDetails, 'schema'>): string[] {
  return Object.keys(schema).filter((name) => schema[name]?.type === 'number');
}

const NO_COLUMNS: Pick<Columns, 'timestamps' | 'values'> = { timestamps: [], values: {} };

function seriesOf({ schema }: SourceDetails, field: string, columns = NO_COLUMNS): ChartSeries {
  return {
    id: field,
    label: field,
    unit: schema[field]?.unit,
    times: columns.timestamps,
    values: numbersOf(columns, field, 'avg'),
    low: numbersOf(columns, field, 'min'),
    high: numbersOf(columns, field, 'max'),
  };
}
