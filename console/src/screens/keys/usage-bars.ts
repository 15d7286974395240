/** The requests of a key on one day. */
export interface DayUsage {
  readonly day: string;
  readonly requests: number;
  readonly refusals: number;
}

/** A bar from the bottom up: what was accepted, and above it what was refused. */
export interface UsageBar {
  readonly x: number;
  readonly width: number;
  readonly accepted: number;
  readonly refused: number;
}

export interface BarArea {
  readonly width: number;
  readonly height: number;
  readonly gap: number;
}

/**
 * Bars for days, the highest as high as the area. What is not zero is at least one pixel high, so that a single refusal among a thousand
 * requests is seen.
 */
export function usageBars(days: readonly DayUsage[], { width, height, gap }: BarArea): UsageBar[] {
  const most = Math.max(1, mostOf(days));
  const step = (width + gap) / Math.max(1, days.length);
  const scaled = (count: number) => (count === 0 ? 0 : Math.max(1, (count / most) * height));
  return days.map(({ requests, refusals }, index) => {
    // A pixel is left for what was accepted.
    const refused = Math.min(scaled(refusals), requests > 0 ? height - 1 : height);
    const accepted = Math.min(scaled(requests), height - refused);
    return { x: index * step, width: step - gap, accepted, refused };
  });
}

/** The most requests of a day, with what was refused. */
export function mostOf(days: readonly DayUsage[]): number {
  return Math.max(0, ...days.map(({ requests, refusals }) => requests + refusals));
}

/** The sum of days in words: `1,536 requests, 3 refused`. */
export function usageInWords({ requests, refusals }: Pick<DayUsage, 'requests' | 'refusals'>): string {
  const text = `${requests.toLocaleString('en')} ${requests === 1 ? 'request' : 'requests'}`;
  return refusals === 0 ? text : `${text}, ${refusals.toLocaleString('en')} refused`;
}
