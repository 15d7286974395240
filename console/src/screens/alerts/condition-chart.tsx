import type { ReactNode } from 'react';
import { Chart } from '../../chart/chart';
import type { ChartInterval, ChartThreshold } from '../../chart/model';
import type { TimeRange } from '../../chart/series';
import { ErrorNotice } from '../../components/error-notice';
import { Skeleton } from '../../components/skeleton';
import { ownZone } from '../../lib/times';
import { StateStrip } from '../source/state-strip';
import { thresholdOf, type Condition } from './condition';
import { shownFields, useConditionData, type WatchedSource } from './condition-data';
import { metTimes } from './met-times';

interface ConditionChartProps {
  readonly source: WatchedSource;
  /** Undefined while none is understood: then the field is shown. */
  readonly condition: Condition | undefined;
  readonly field?: string | undefined;
  readonly label: string;
  readonly range: TimeRange;
  readonly onRange: (range: TimeRange) => void;
  /** When the condition was met: shaded. */
  readonly intervals: readonly ChartInterval[];
  /** In place of the number of the condition, while it is dragged. */
  readonly thresholdValue?: number | undefined;
  readonly onThreshold?: ((value: number) => void) | undefined;
  /** The text to show when the range has no points. */
  readonly empty?: ReactNode;
}

/** The fields of a condition over time, with the times in which it was met and the number that it compares with. */
export function ConditionChart(props: ConditionChartProps) {
  const { source, condition, field, label, range, onRange, intervals, thresholdValue, onThreshold } = props;
  const data = useConditionData(source, shownFields(condition, source, field), range);
  const { series, states } = data;
  const threshold = condition && thresholdOf(condition);
  const line = threshold && series.find(({ id }) => id === `${source._id} ${threshold.field}`);
  const shown: ChartThreshold | undefined = threshold &&
    line && {
      value: thresholdValue ?? threshold.value,
      seriesId: line.id,
      label: `Threshold of ${threshold.field}`,
      ...(onThreshold && { onChange: onThreshold }),
    };
  const zone = ownZone();
  const entry = states.data?.entries[0];
  const isEmpty = !data.isPending && !data.error && series.length === 0 && entry === undefined;
  const met = metTimes(intervals, range);
  return (
    <div className="alert-chart">
      {data.error !== null && <ErrorNotice error={data.error} onRetry={data.refetch} />}
      {data.isPending && <Skeleton rows={1} height={340} />}
      {series.length > 0 && (
        <Chart
          {...{ label, series, range, onRange, intervals }}
          threshold={shown}
          isStale={data.isStale}
          height={260}
        />
      )}
      {entry &&
        data.stateFields.map((name) => (
          <StateStrip
            key={name}
            label={name}
            times={entry.timestamps}
            values={(entry.values[name] ?? []) as readonly unknown[]}
            readAt={states.dataUpdatedAt}
            isTable={false}
            {...{ range, zone }}
          />
        ))}
      {entry && series.length === 0 && intervals.length > 0 && (
        <StateStrip label="Condition" readAt={range.to} isTable={false} {...{ ...met, range, zone }} />
      )}
      {isEmpty && (props.empty ?? <p className="muted">There are no points in this time.</p>)}
    </div>
  );
}
