import { Skeleton } from '../components/skeleton';
import { loaded } from '../lib/loaded';
import type { ChartProps } from './chart';

/** A `Chart` that is loaded when it is first shown, for screens that may be the first ones and have no chart yet. */
export const LazyChart = loaded<ChartProps>(
  async () => (await import('./chart')).Chart,
  ({ height = 300 }) => <Skeleton rows={1} height={height} />,
);
