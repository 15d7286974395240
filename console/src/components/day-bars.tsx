import { formatCount } from '../lib/numbers';
import { barsOf, dayName, type DayCount } from '../lib/day-bars';

interface DayBarsProps {
  /** What is counted: `points`. */
  readonly unit: string;
  /** Without gaps, oldest first; the last one is today, which is not complete. */
  readonly days: readonly DayCount[];
}

const HEIGHT = 96;

/** A bar for each day. */
export function DayBars({ unit, days }: DayBarsProps) {
  const { bars, most, mean } = barsOf(days, HEIGHT);
  const [first] = days;
  if (!first) return null;
  const label =
    `A bar for each of ${days.length} days from ${dayName(first.day)} until today. ` +
    `Most: ${formatCount(most.count)} ${unit} on ${dayName(most.day)}. On average: ${formatCount(mean)} a day.`;
  return (
    <figure className="day-bars">
      <figcaption className="day-bars-most" aria-hidden="true">
        {formatCount(most.count)}
      </figcaption>
      <svg viewBox={`0 0 ${days.length} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
        {bars.map(({ day, count, height, isToday }, index) => (
          <g key={day}>
            <title>{`${isToday ? 'Today so far' : dayName(day)}: ${formatCount(count)} ${unit}`}</title>
            {/* Its whole column answers to the mouse. */}
            <rect x={index} width="1" height={HEIGHT} className="day-bars-column" />
            <rect
              x={index + 0.12}
              y={HEIGHT - height}
              width="0.76"
              height={height}
              className="day-bars-bar"
              data-today={isToday || undefined}
            />
          </g>
        ))}
      </svg>
      <div className="day-bars-ends" aria-hidden="true">
        <span>{dayName(first.day)}</span>
        <span>today</span>
      </div>
    </figure>
  );
}
