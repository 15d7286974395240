import type { TimeRange } from './series';

/** A range that is moved by a number of milliseconds. */
export function moved({ from, to }: TimeRange, millis: number): TimeRange {
  return { from: Math.round(from + millis), to: Math.round(to + millis) };
}

const LEAST_RANGE_MILLIS = 1000;
const MAX_RANGE_MILLIS = 100 * 365.25 * 86_400_000;

/** A range that is longer by a factor, around a time that stays where it is. */
export function scaled({ from, to }: TimeRange, factor: number, around: number): TimeRange {
  const length = Math.min(MAX_RANGE_MILLIS, Math.max(LEAST_RANGE_MILLIS, (to - from) * factor));
  const share = (around - from) / (to - from);
  const begin = Math.round(around - share * length);
  return { from: begin, to: begin + Math.round(length) };
}

/** The range for which what was under two fingers is under them again. */
export function pinched(
  { from, to }: TimeRange,
  [firstWas, secondWas]: readonly [number, number],
  [first, second]: readonly [number, number],
  width: number,
): TimeRange {
  const perPixel = (to - from) / width;
  const factor = Math.abs(secondWas - firstWas) / Math.max(1, Math.abs(second - first));
  const middleWas = from + ((firstWas + secondWas) / 2) * perPixel;
  const range = scaled({ from, to }, factor, middleWas);
  const share = (first + second) / 2 / width;
  return moved(range, middleWas - (range.from + share * (range.to - range.from)));
}
