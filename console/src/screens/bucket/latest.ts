import type { LivePoint } from '../../api/stream/live-point';

/** The newest point of each data source, given those known and new ones. A point that is older than the known one changes nothing. */
export function mergeLatest(known: readonly LivePoint[], points: readonly LivePoint[]): readonly LivePoint[] {
  const latest = new Map(known.map((point) => [point.dataSourceId, point]));
  for (const point of points) {
    const before = latest.get(point.dataSourceId);
    // A point of the same time is that point, changed. Times have one form, so that their order is that of their texts.
    if (!before || before.timestamp <= point.timestamp) latest.set(point.dataSourceId, point);
  }
  return [...latest.values()];
}

const HOUR = 3_600_000;

interface Named {
  readonly _id: string;
  readonly name: string;
}

/**
 * Data sources in the order in which someone looks for trouble: those that were silent for an hour first, the longest silence before all;
 * then the others by name, so that a row stays where it is while points arrive.
 */
export function quietFirst<S extends Named>(
  sources: readonly S[],
  latest: ReadonlyMap<string, LivePoint>,
  now: number,
): S[] {
  const seenAt = ({ _id }: S) => Date.parse(latest.get(_id)?.timestamp ?? '') || 0;
  const isQuiet = (source: S) => now - seenAt(source) >= HOUR;
  return [...sources].sort((one, other) => {
    if (isQuiet(one) !== isQuiet(other)) return isQuiet(one) ? -1 : 1;
    const bySilence = isQuiet(one) ? seenAt(one) - seenAt(other) : 0;
    return bySilence || one.name.localeCompare(other.name, 'en', { numeric: true });
  });
}
