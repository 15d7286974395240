import { useMemo, useState } from 'react';
import { useParams } from 'wouter';
import { Chart } from '../../chart/chart';
import { ChartTable } from '../../chart/chart-table';
import type { TimeRange } from '../../chart/series';
import { Button } from '../../components/button';
import { Empty } from '../../components/empty';
import { ErrorNotice } from '../../components/error-notice';
import { Page, Toolbar } from '../../components/page';
import { Skeleton } from '../../components/skeleton';
import { useAddressState } from '../../lib/address-state';
import { useSession } from '../../session/use-session';
import { useBucket } from '../bucket/source-queries';
import { numericFields, useCourse, useSource } from './course-queries';

const HOUR = 3_600_000;
const PRESETS = [
  { name: '1h', millis: HOUR },
  { name: '6h', millis: 6 * HOUR },
  { name: '24h', millis: 24 * HOUR },
  { name: '7d', millis: 7 * 24 * HOUR },
  { name: '30d', millis: 30 * 24 * HOUR },
] as const;
const DEFAULT_PRESET = '24h';

/** The numbers of a data source over time. */
export function SourceScreen() {
  const { bucketId = '', sourceId = '' } = useParams();
  const { type } = useSession();
  const { bucket } = useBucket(bucketId);
  const { data: source, error, refetch } = useSource(bucketId, sourceId);
  const { range, preset, show } = useRange();
  const { data: series, error: courseError, isPlaceholderData, refetch: refetchCourse } = useCourse(source, range);
  const [isTable, setTable] = useState(false);
  const label = `${source?.name ?? 'Data source'}, ${preset ?? 'chosen range'}`;
  const crumbs = [
    ...(type === 'admin' ? [{ label: 'Buckets', path: '/buckets' }] : []),
    { label: bucket?.name ?? 'Bucket', path: `/buckets/${bucketId}` },
  ];

  return (
    <Page title={source?.name} crumbs={crumbs}>
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      {courseError && <ErrorNotice error={courseError} onRetry={refetchCourse} />}
      <Toolbar>
        <div className="button-group" role="group" aria-label="Range">
          {PRESETS.map(({ name }) => (
            <Button key={name} aria-pressed={name === preset} onClick={() => show({ preset: name })}>
              {name}
            </Button>
          ))}
        </div>
        <Button icon="table" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
          Table
        </Button>
      </Toolbar>
      {source && numericFields(source).length === 0 && <Empty icon="chart" title="This data source has no numbers" />}
      {!series && !error && !courseError && <Skeleton rows={1} height={340} />}
      {series && (
        <Chart
          label={label}
          series={series}
          range={range}
          onRange={(wanted) => show({ range: wanted })}
          isStale={isPlaceholderData}
        />
      )}
      {series && isTable && <ChartTable label={label} series={series} />}
    </Page>
  );
}

type Shown = { readonly preset: string } | { readonly range: TimeRange };

/** The range in the address: a preset that ends now, or two times. */
function useRange() {
  const [values, change] = useAddressState();
  const [from, to] = [Number(values.get('from')), Number(values.get('to'))];
  const preset = from > 0 && to > from ? undefined : (values.get('range') ?? DEFAULT_PRESET);
  const range = useMemo(() => (preset === undefined ? { from, to } : rangeOf(preset)), [preset, from, to]);
  const show = (shown: Shown) =>
    change(
      'preset' in shown
        ? { range: shown.preset, from: null, to: null }
        : { range: null, from: String(shown.range.from), to: String(shown.range.to) },
    );
  return { range, preset, show };
}

function rangeOf(preset: string): TimeRange {
  const to = Date.now();
  return { from: to - (PRESETS.find(({ name }) => name === preset)?.millis ?? 24 * HOUR), to };
}
