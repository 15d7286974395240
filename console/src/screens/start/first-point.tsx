import { useMemo, useState } from 'react';
import { LazyChart } from '../../chart/lazy-chart';
import { Badge } from '../../components/badge';
import { ErrorNotice } from '../../components/error-notice';
import { Skeleton } from '../../components/skeleton';
import { useNow } from '../../lib/use-now';
import type { Source } from '../bucket/source-queries';
import { recentSeries } from './recent-points';
import { RECENT_MILLIS, type useRecentPoints } from './start-queries';

const SHORTEST_RANGE_MILLIS = 120_000;

interface FirstPointProps {
  readonly source: Source;
  readonly recent: ReturnType<typeof useRecentPoints>;
}

/** Waits for the first point of a data source, then draws its points as they come. */
export function FirstPoint({ source, recent: { points, live, error, refetch } }: FirstPointProps) {
  if (error && !points) return <ErrorNotice error={error} onRetry={refetch} />;
  if (!points) return <Skeleton rows={2} />;
  if (points.length === 0)
    return (
      <p className="start-waiting" role="status">
        <span className="start-pulse" aria-hidden="true" /> Waiting for the first point … It appears here as soon as it
        is stored.
      </p>
    );
  return (
    <>
      <p role="status">
        Points arrive.{' '}
        {live === 'live' && (
          <Badge tone="ok" icon="live">
            live
          </Badge>
        )}
      </p>
      <RecentChart source={source} points={points} />
    </>
  );
}

function RecentChart({
  source: { name, schema },
  points,
}: Pick<FirstPointProps, 'source'> & { readonly points: NonNullable<FirstPointProps['recent']['points']> }) {
  const now = useNow(1000);
  const [chosen, setChosen] = useState<{ readonly from: number; readonly to: number }>();
  const first = Date.parse(points[0]?.timestamp ?? '');
  const from = Math.max(now - RECENT_MILLIS, Math.min(first, now - SHORTEST_RANGE_MILLIS));
  const series = useMemo(() => recentSeries(points, schema, now - RECENT_MILLIS), [points, schema, now]);
  const latest = points.at(-1)?.values ?? {};
  if (series.length === 0)
    return (
      <ul className="start-values" aria-label="Newest values">
        {Object.entries(latest).map(([field, value]) => (
          <li key={field}>
            {field}: <strong>{String(value)}</strong>
          </li>
        ))}
      </ul>
    );
  return (
    <LazyChart
      label={`${series.map(({ label }) => label).join(' and ')} of ${name}, as points arrive`}
      series={series}
      range={chosen ?? { from, to: now }}
      onRange={setChosen}
      height={260}
    />
  );
}
