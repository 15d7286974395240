import { COLOR_COUNT } from './series';

/** The colors of a chart, as the theme that is drawn has them. A canvas cannot use custom properties by itself. */
export interface ChartColors {
  readonly series: readonly string[];
  readonly text: string;
  readonly grid: string;
  readonly surface: string;
  readonly cursor: string;
  readonly interval: string;
  readonly threshold: string;
}

export function readColors(element: Element): ChartColors {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    series: Array.from({ length: COLOR_COUNT }, (_, index) => token(`series-${index + 1}`)),
    text: token('muted'),
    grid: token('hairline'),
    surface: token('surface'),
    cursor: token('muted'),
    interval: token('warn'),
    threshold: token('bad'),
  };
}

/** A color of the tokens, `#rrggbb`, with an opacity from 0 to 1. */
export function faded(color: string, opacity: number): string {
  const alpha = Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0');
  return `${color}${alpha}`;
}
