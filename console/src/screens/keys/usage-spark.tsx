import { useMemo } from 'react';
import { longDayName } from '../../lib/day-bars';
import { usageBars, usageInWords, type DayUsage } from './usage-bars';

interface UsageSparkProps {
  readonly days: readonly DayUsage[];
  readonly totals: Pick<DayUsage, 'requests' | 'refusals'>;
  readonly width: number;
  readonly height: number;
  readonly gap?: number;
}

/** The requests of each day as bars. What was refused is on top, in another color; the label has both counts. */
export function UsageSpark({ days, totals, width, height, gap = 2 }: UsageSparkProps) {
  const bars = useMemo(() => usageBars(days, { width, height, gap }), [days, width, height, gap]);
  const label = `${usageInWords(totals)} in ${days.length} days`;
  return (
    <svg
      className="keys-usage"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      preserveAspectRatio="none"
    >
      {bars.map(({ x, width: barWidth, accepted, refused }, index) => (
        <g key={days[index]?.day}>
          <DayTitle day={days[index]} />
          <rect className="keys-usage-day" x={x} y={0} width={barWidth} height={height} />
          <rect className="keys-usage-base" x={x} y={height - 1} width={barWidth} height={1} />
          <rect className="keys-usage-accepted" x={x} y={height - accepted} width={barWidth} height={accepted} />
          <rect
            className="keys-usage-refused"
            x={x}
            y={height - accepted - refused}
            width={barWidth}
            height={refused}
          />
        </g>
      ))}
    </svg>
  );
}

/** The day and its counts, on hover. */
function DayTitle({ day }: { readonly day: DayUsage | undefined }) {
  return day && <title>{`${longDayName(day.day)}: ${usageInWords(day)}`}</title>;
}
