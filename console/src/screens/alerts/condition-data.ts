import { useMemo } from 'react';
import type { ChartSeries, TimeRange } from '../../chart/series';
import { ownZone } from '../../lib/times';
import { useChartData, useStates } from '../source/chart-queries';
import { seriesOf, type Charted } from '../source/chart-series';
import { stepFor, stepMillis } from '../source/steps';
import { comparisonsOf, type Condition } from './condition';

export interface WatchedSource extends Charted {
  readonly bucketId: string;
}

/** The fields that a chart of a condition shows: those it compares; for missing data, the numbers of the data source. */
export function shownFields(condition: Condition | undefined, { schema }: Pick<Charted, 'schema'>, wanted?: string) {
  const isNumber = (name: string) => schema[name]?.type === 'number';
  const numbers = Object.keys(schema).filter(isNumber);
  if (!condition) return { numbers: wanted && isNumber(wanted) ? [wanted] : numbers.slice(0, 1), states: [] };
  if (condition.operator === 'no_data') return { numbers: numbers.slice(0, 3), states: [] };
  const fields = [...new Set(comparisonsOf(condition).map(({ field }) => field))].filter((name) => schema[name]);
  return { numbers: fields.filter(isNumber), states: fields.filter((name) => !isNumber(name)) };
}

export interface ConditionData {
  readonly series: readonly ChartSeries[];
  readonly states: ReturnType<typeof useStates>;
  readonly stateFields: readonly string[];
  readonly isPending: boolean;
  readonly isStale: boolean;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

/** The values of the fields of a condition over a range. */
export function useConditionData(
  source: WatchedSource,
  fields: { readonly numbers: readonly string[]; readonly states: readonly string[] },
  range: TimeRange,
): ConditionData {
  const step = stepFor(range.to - range.from);
  const request = {
    bucketId: source.bucketId,
    sourceIds: [source._id],
    range,
    zone: ownZone(),
    step,
    aggregation: 'avg',
    fill: 'none',
  } as const;
  const chart = useChartData({ ...request, fields: fields.numbers });
  const states = useStates({ ...request, fields: fields.states });
  const shown = fields.numbers.join('\n');
  const series = useMemo(
    () =>
      seriesOf(chart.data?.entries ?? [], {
        sources: [source],
        fields: shown.split('\n'),
        aggregation: 'avg',
        stepMillis: stepMillis(step),
      }),
    [chart.data, source, shown, step],
  );
  return {
    series,
    states,
    stateFields: fields.states,
    isPending: chart.isLoading || states.isLoading,
    isStale: chart.isPlaceholderData,
    error: chart.error ?? states.error,
    refetch: () => Promise.all([chart, states].filter(({ isError }) => isError).map(({ refetch }) => refetch())),
  };
}
