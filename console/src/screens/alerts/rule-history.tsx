import { useMemo, useState } from 'react';
import type { TimeRange } from '../../chart/series';
import { Button } from '../../components/button';
import { ErrorNotice } from '../../components/error-notice';
import { Section } from '../../components/page';
import { Skeleton } from '../../components/skeleton';
import { useAddressState } from '../../lib/address-state';
import { useHistory, usePreview, type Rule } from './alert-queries';
import type { Condition } from './condition';
import { ConditionChart } from './condition-chart';
import type { WatchedSource } from './condition-data';
import { firingsOf, rangeAround, type Firing } from './firings';
import { FiringTable } from './firing-table';

const DAY = 86_400_000;
/** The peaks of older firings are not read. */
const PEAK_DAYS = 30;

interface RuleHistoryProps {
  readonly rule: Rule;
  readonly source: WatchedSource;
}

/** When a rule fired, newest first, and the chart around one of these times. */
export function RuleHistory({ rule, source }: RuleHistoryProps) {
  const [values, change] = useAddressState();
  const [now] = useState(() => Date.now());
  const { rows, error, isPending, more, refetch } = useHistory(rule._id, rule.state);
  const firings = useMemo(() => firingsOf(rows), [rows]);
  const chosen = firings.find(({ id }) => id === values.get('firing')) ?? firings[0];
  const condition = rule.parsedCondition as unknown as Condition;
  const intervals = usePeaks(rule, source, firings, now);
  return (
    <Section title="History">
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      {isPending && !error && <Skeleton rows={4} />}
      {!isPending && !error && (
        <FiringChart
          key={chosen?.id ?? 'none'}
          source={source}
          condition={condition}
          firings={firings}
          around={chosen ? rangeAround(chosen, now) : { from: now - DAY, to: now }}
        />
      )}
      {!isPending && !error && firings.length === 0 && <p className="muted">It has not fired yet.</p>}
      {firings.length > 0 && (
        <FiringTable
          firings={firings}
          chosen={chosen}
          condition={condition}
          schema={source.schema}
          intervals={intervals}
          onChoose={({ id }) => change({ firing: id })}
          onEnd={more}
        />
      )}
    </Section>
  );
}

/** When the condition was met in the time of the firings, with the peaks. */
function usePeaks(rule: Rule, source: WatchedSource, firings: readonly Firing[], now: number) {
  const first = firings.findLast(({ from }) => from !== null && from > now - PEAK_DAYS * DAY)?.from;
  const { data } = usePreview(
    first === undefined || first === null
      ? undefined
      : {
          bucketId: source.bucketId,
          dataSourceId: source._id,
          condition: rule.condition,
          startTime: first - DAY,
          endTime: now,
        },
  );
  return data?.intervals ?? [];
}

interface FiringChartProps {
  readonly source: WatchedSource;
  readonly condition: Condition;
  readonly firings: readonly Firing[];
  readonly around: TimeRange;
}

function FiringChart({ source, condition, firings, around }: FiringChartProps) {
  const [zoom, setZoom] = useState<TimeRange>();
  const [start] = useState(around);
  const intervals = useMemo(
    () => firings.map(({ from, to }) => ({ from: from ?? Number.MIN_SAFE_INTEGER, to })),
    [firings],
  );
  return (
    <>
      {zoom && (
        <div>
          <Button onClick={() => setZoom(undefined)}>Whole range</Button>
        </div>
      )}
      <ConditionChart
        source={source}
        condition={condition}
        label={`${source.name}, around the firing`}
        range={zoom ?? start}
        onRange={setZoom}
        intervals={intervals}
      />
    </>
  );
}
