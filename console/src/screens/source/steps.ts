import { counted } from '../../lib/numbers';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps that the API groups by. From a quarter of an hour on, groups are read from rollups. */
const STEP_MILLIS: Readonly<Record<string, number>> = {
  '1s': SECOND,
  '10s': 10 * SECOND,
  '1m': MINUTE,
  '5m': 5 * MINUTE,
  '15m': 15 * MINUTE,
  '1h': HOUR,
  '3h': 3 * HOUR,
  '12h': 12 * HOUR,
  '1d': DAY,
  '7d': 7 * DAY,
};

/** The step for ranges up to a length: quick to read, and no fewer groups than the eye can tell apart. */
const AUTOMATIC: readonly [below: number, step: string][] = [
  [HOUR / 2, '1s'],
  [HOUR, '10s'],
  [6 * HOUR, '1m'],
  [24 * HOUR, '5m'],
  [7 * DAY, '15m'],
  [30 * DAY, '1h'],
  [90 * DAY, '3h'],
  [366 * DAY, '12h'],
  [5 * 366 * DAY, '1d'],
];

/** A day has 25 hours when the clock is set back. */
const TOLERANCE = 1.05;
/** More groups than a chart has columns for. */
const MAX_GROUPS = 2000;

/** The step that a range of this length has where none is chosen. */
export function automaticStep(rangeMillis: number): string {
  return AUTOMATIC.find(([below]) => rangeMillis <= below * TOLERANCE)?.[1] ?? '7d';
}

/** The steps that make no more groups of a range than a chart can show. */
export function stepsFor(rangeMillis: number): string[] {
  return Object.keys(STEP_MILLIS).filter((step) => rangeMillis / stepMillis(step) <= MAX_GROUPS);
}

/** The chosen step where the range allows it, else the automatic one. */
export function stepFor(rangeMillis: number, chosen?: string | null): string {
  return chosen && stepsFor(rangeMillis).includes(chosen) ? chosen : automaticStep(rangeMillis);
}

const UNIT_NAMES: Readonly<Record<string, string>> = { s: 'second', m: 'minute', h: 'hour', d: 'day' };

/** A step as people say it: `5 minutes`. */
export function stepInWords(step: string): string {
  const count = parseInt(step, 10);
  return counted(count, UNIT_NAMES[step.slice(-1)] ?? step);
}

export function stepMillis(step: string): number {
  return STEP_MILLIS[step] ?? DAY;
}
