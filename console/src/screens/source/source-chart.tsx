import { useMemo, type KeyboardEvent } from 'react';
import { useParams } from 'wouter';
import { Chart } from '../../chart/chart';
import { ChartTable } from '../../chart/chart-table';
import { Button, ButtonLink } from '../../components/button';
import { Empty } from '../../components/empty';
import { ErrorNotice } from '../../components/error-notice';
import { Notice } from '../../components/notice';
import { Skeleton } from '../../components/skeleton';
import { Time } from '../../components/time';
import { hashHref } from '../../lib/hash-location';
import { formatCount } from '../../lib/numbers';
import { plainTime } from '../../lib/times';
import { useSession } from '../../session/use-session';
import { chartBody, pointsBody, useChartData, useStates, type ChartData } from './chart-queries';
import { numbersOf, seriesOf, type Charted } from './chart-series';
import { earlierRange } from './earlier';
import { SourceFoot } from './source-foot';
import { StateStrip } from './state-strip';
import { stepMillis } from './steps';
import type { Explorer } from './use-explorer';
import { fieldsOf } from './view-choice';

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

  if (names.length === 0) return <Empty icon="chart" title="No field is chosen" />;
  return (
    <div className="source-chart">
      {error && <ErrorNotice error={error} onRetry={retry} />}
      {(chart.isLoading || states.isLoading) && <Skeleton rows={1} height={340} />}
      {series.length > 0 && (
        <div role="presentation" onKeyDown={onKeyDown} onDoubleClick={reset}>
          <Chart {...{ label, series, range, zone, isStale }} axes={state.axes} onRange={showRange} />
        </div>
      )}
      {compare && before.data?.rowCount === 0 && <p className="muted">There are no points of the {compare} before.</p>}
      {series.length === 0 && !hasStates && !error && !chart.isLoading && !states.isLoading && (
        <NoPoints explorer={explorer} newestAt={newestAt} />
      )}
      {states.data?.isCut && <CutNotice states={states.data} zone={zone} />}
      {charted.flatMap((source) => {
        const entry = states.data?.entries.find(({ dataSourceId }) => dataSourceId === source._id);
        return texts.flatMap((name) => {
          const values = entry?.values[name] as readonly unknown[] | undefined;
          if (!entry || !values) return [];
          const title = charted.length > 1 ? `${source.name}: ${name}` : name;
          const key = `${source._id} ${name}`;
          return [
            <StateStrip
              key={key}
              label={title}
              times={entry.timestamps}
              readAt={states.dataUpdatedAt}
              {...{ values, range, zone, isTable }}
            />,
          ];
        });
      })}
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

/** Strips are drawn from the points themselves, of which only so many are read. */
function CutNotice({ states: { entries, rowCount }, zone }: { readonly states: ChartData; readonly zone: string }) {
  const oldest = Math.min(...entries.map(({ timestamps }) => timestamps.at(-1) ?? Infinity));
  return (
    <Notice>
      The strips begin at {plainTime(oldest, zone)}: they show the newest {formatCount(rowCount)} points of this range.
      Choose a shorter range to see the points before.
    </Notice>
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
