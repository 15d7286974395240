const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps that the API groups by. From a quarter of an hour on, groups are read from rollups. */
const STEPS: readonly [name: string, millis: number][] = [
  ['1m', MINUTE],
  ['5m', 5 * MINUTE],
  ['15m', 15 * MINUTE],
  ['30m', 30 * MINUTE],
  ['1h', HOUR],
  ['3h', 3 * HOUR],
  ['6h', 6 * HOUR],
  ['12h', 12 * HOUR],
  ['1d', DAY],
  ['7d', 7 * DAY],
];

/** More groups than a chart has columns for. */
const MOST_GROUPS = 800;

/** The shortest step that makes no more groups of a range than a chart can show. */
export function stepFor(rangeMillis: number): string {
  const found = STEPS.find(([, millis]) => rangeMillis / millis <= MOST_GROUPS);
  return (found ?? STEPS.at(-1))?.[0] ?? '1d';
}
