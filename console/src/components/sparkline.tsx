import { useMemo } from 'react';
import { sparklinePath } from '../lib/sparkline-path';

interface SparklineProps {
  readonly times: readonly number[];
  readonly values: readonly (number | null | undefined)[];
  readonly from: number;
  readonly to: number;
  /** What it shows, for a screen reader: `temperature, last 24 hours`. */
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
}

/** A chart of one value in a line of text. It has no axes: the values are shown beside it. */
export function Sparkline({ times, values, from, to, label, width = 120, height = 24 }: SparklineProps) {
  const path = useMemo(
    () => sparklinePath(times, values, { width: width - 2, height: height - 4, from, to }),
    [times, values, width, height, from, to],
  );
  return (
    <svg
      className="sparkline"
      role="img"
      aria-label={label}
      viewBox={`-1 -2 ${width} ${height}`}
      width={width}
      height={height}
    >
      <path d={path} />
    </svg>
  );
}
