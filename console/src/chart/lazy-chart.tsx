import { lazy, Suspense } from 'react';
import { Skeleton } from '../components/skeleton';
import type { ChartProps } from './chart';

const Loaded = lazy(async () => ({ default: (await import('./chart')).Chart }));

/** A `Chart` that is loaded when it is first shown, for screens that may be the first ones and have no chart yet. */
export function LazyChart(props: ChartProps) {
  return (
    <Suspense fallback={<Skeleton rows={1} height={props.height ?? 300} />}>
      <Loaded {...props} />
    </Suspense>
  );
}
