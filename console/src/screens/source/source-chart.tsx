import { useMemo, useState, type KeyboardEvent } from 'react';
import { useParams } from 'wouter';
import { Chart, type ChartFrame } from '../../chart/chart';
import { ChartTable } from '../../chart/chart-table';
import { Button, ButtonLink } from '../../components/button';
import { Empty } from '../../components/empty';
import { ErrorNotice } from '../../components/error-notice';
import { Skeleton } from '../../components/skeleton';
import { Time } from '../../components/time';
import { hashHref } from '../../lib/hash-location';
import { useSession } from '../../session/use-session';
import { chartHeight, chartRoom } from './chart-height';
import { chartBody, pointsBody, useChartData, useStates } from './chart-queries';
import { numbersOf, seriesOf, type Charted } from './chart-series';
import { earlierRange } from './earlier';
import { fieldsOf } from './field-choice';
import { SourceFoot } from './source-foot';
import { StateStrips } from './state-strips';
import { stepMillis } from './steps';
import type { Explorer } from './use-explorer';

interface SourceChartProps {
  readonly bucketId: string;
  readonly explorer: Explorer;
  readonly charted: readonly Charted[];
  /** The time of the newest point; 0 without one. */
  readonly newestAt: number;
}

/** The chart of a range, with what can be taken from it. */
export function SourceChart({ bucketId, explorer, charted, newestAt }: SourceChartProps) {
  const { state, showRange, reset } = explorer;
  const { range, zone, compare, isTable, isLive } = state;
  const [height] = useState(chartHeight);
  const [frame, setFrame] = useFrame();
  const names = fieldsOf(charted).filter((name) => state.fields?.includes(name) ?? true);
  const numbers = names.filter((name) => charted.some((one) => numbersOf(one).includes(name)));
  const texts = names.filter((name) => charted.some(({ schema }) => schema[name] && schema[name].type !== 'number'));
  const request = { ...state, bucketId, sourceIds: charted.map(({ _id }) => _id), fields: numbers };
  const chart = useChartData(request);
  const before = useChartData(compare && { ...request, range: earlierRange(range, compare, zone) });
  const states = useStates({ ...request, fields: texts });

  const { step, aggregation, fields } = state;
  const series = useMemo(() => {
    const shape = { sources: charted, fields, aggregation, stepMillis: stepMillis(step) };
    const earlier = compare
      ? seriesOf(before.data?.entries ?? [], { ...shape, compare: { period: compare, zone } })
      : [];
    return [...seriesOf(chart.data?.entries ?? [], shape), ...earlier];
  }, [chart.data, before.data, charted, fields, aggregation, step, compare, zone]);
  const label = `${charted.map(({ name }) => name).join(', ')}, ${state.preset ?? 'chosen range'}`;
  const error = chart.error ?? before.error ?? states.error;
  const retry = () =>
    void Promise.all([chart, before, states].filter(({ isError }) => isError).map(({ refetch }) => refetch()));
  const isStale = chart.isPlaceholderData && !isLive;
  const hasStates = (states.data?.entries.length ?? 0) > 0;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.defaultPrevented) reset();
  };

  if (names.length === 0) return <NoField onShowAll={() => explorer.change({ fields: null })} />;
  return (
    <div className="source-chart">
      {error && <ErrorNotice error={error} onRetry={retry} />}
      {(chart.isLoading || states.isLoading) && <Skeleton rows={1} height={chartRoom(height)} />}
      {series.length > 0 && (
        <div role="presentation" onKeyDown={onKeyDown} onDoubleClick={reset}>
          <Chart
            {...{ label, series, range, zone, isStale, height }}
            axes={state.axes}
            onRange={showRange}
            onFrame={setFrame}
          />
        </div>
      )}
      {compare && before.data?.rowCount === 0 && <p className="muted">There are no points of the {compare} before.</p>}
      {series.length === 0 && !hasStates && !error && !chart.isLoading && !states.isLoading && (
        <NoPoints explorer={explorer} newestAt={newestAt} />
      )}
      {hasStates && (
        <StateStrips
          {...{ charted, names: texts, range, zone, isTable }}
          states={states.data}
          readAt={states.dataUpdatedAt}
          frame={series.length > 0 ? frame : undefined}
        />
      )}
      <SourceFoot
        explorer={explorer}
        body={numbers.length > 0 ? chartBody(request) : pointsBody({ ...request, fields: names })}
        name={charted[0]?.name ?? 'data'}
        figures={chart.data}
      />
      {isTable && series.length > 0 && <ChartTable label={label} series={series} zone={zone} />}
    </div>
  );
}

/** Where the lines of the chart are. It is set again at each drawing, and changes seldom. */
function useFrame() {
  const [frame, setFrame] = useState<ChartFrame>();
  const change = (next: ChartFrame) =>
    setFrame((present) => (present?.left === next.left && present.width === next.width ? present : next));
  return [frame, change] as const;
}

function NoField({ onShowAll }: { readonly onShowAll: () => void }) {
  return (
    <Empty icon="chart" title="No field is chosen" actions={<Button onClick={onShowAll}>Show all fields</Button>}>
      Choose above what the chart shows.
    </Empty>
  );
}

function NoPoints({ explorer, newestAt }: Pick<SourceChartProps, 'explorer' | 'newestAt'>) {
  const { state, showRange } = explorer;
  const { type } = useSession();
  const { bucketId = '', sourceId = '' } = useParams();
  if (newestAt === 0)
    return (
      <Empty
        icon="chart"
        title="No points yet"
        actions={
          type === 'admin' && (
            <ButtonLink href={hashHref(`/start?bucket=${bucketId}&source=${sourceId}`)}>Connect the device</ButtonLink>
          )
        }
      />
    );
  const length = state.range.to - state.range.from;
  const goThere = () => showRange({ from: newestAt + 1 - length, to: newestAt + 1 });
  return (
    <Empty icon="chart" title="No points in this range" actions={<Button onClick={goThere}>Go there</Button>}>
      Newest: <Time at={newestAt} />
    </Empty>
  );
}
