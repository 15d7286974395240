import type { ChartSeries } from './series';

/** A vertical axis and the series that it is for. */
export interface ChartScale {
  readonly key: string;
  readonly unit: string;
  readonly seriesIds: readonly string[];
}

/** `unit`: series of one unit share an axis. `own`: each has its own. `shared`: one for all. */
export type AxisChoice = 'unit' | 'own' | 'shared';

/** The vertical axes of a chart, in the order of its series. What is compared with has the axis of what it is compared to: that of its unit and color. */
export function scalesOf(series: readonly ChartSeries[], choice: AxisChoice): ChartScale[] {
  const groups = new Map<string, { unit: string; seriesIds: string[] }>();
  for (const one of series) {
    const key = keyOf(one, choice);
    const group = groups.get(key) ?? { unit: one.unit ?? '', seriesIds: [] };
    group.seriesIds.push(one.id);
    groups.set(key, group);
  }
  return [...groups].map(([key, group]) => ({ key: `y ${key}`, ...group }));
}

function keyOf({ id, unit = '', color }: ChartSeries, choice: AxisChoice): string {
  if (choice === 'shared') return '';
  return choice === 'unit' ? unit : `${unit} ${color ?? id}`;
}

const NARROW_PIXELS = 560;
const WIDE_PIXELS = 900;
const MOST_AXES = 6;

/** Each axis takes room from the lines: where there is little, the values of the other lines are in the legend alone. */
export function axisCountOf({ scales }: { readonly scales: readonly ChartScale[] }, width: number): number {
  const most = width < NARROW_PIXELS ? 2 : width < WIDE_PIXELS ? 4 : MOST_AXES;
  return Math.min(scales.length, most);
}
