import { Num } from '../components/num';
import { lastKnown, valueAt } from './align';
import type { ChartModel } from './model';
import { colorIndexOf, dashOf, type ChartSeries } from './series';

interface ChartLegendProps {
  readonly model: ChartModel;
  readonly cursor: number | null;
  readonly onToggle: (id: string) => void;
}

/** They need rows of their own. */
const MANY = 4;

/** The names of the series with their values: those at the cursor, or the last ones. A press hides a series. */
export function ChartLegend({ model, cursor, onToggle }: ChartLegendProps) {
  return (
    <ul className="chart-legend" aria-label="Series" data-many={model.series.length > MANY || undefined}>
      {model.series.map((one, index) => {
        const { values = [], low, high } = model.data.columns[index] ?? {};
        const least = cursor === null || !low ? null : valueAt(low, cursor);
        const most = cursor === null || !high ? null : valueAt(high, cursor);
        return (
          <li key={one.id}>
            <button
              type="button"
              className="chart-series"
              aria-pressed={!model.hidden.has(one.id)}
              onClick={() => onToggle(one.id)}
            >
              <Swatch series={one} index={index} />
              <span className="chart-name" title={one.label}>
                {one.label}
              </span>
              <strong>
                <Num value={cursor === null ? lastKnown(values) : valueAt(values, cursor)} unit={one.unit} />
              </strong>
              {!one.isDimmed && least !== null && most !== null && least !== most && (
                <span className="chart-band muted">
                  <Num value={least} /> … <Num value={most} />
                </span>
              )}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** A piece of the line of a series. */
function Swatch({ series, index }: { readonly series: ChartSeries; readonly index: number }) {
  const color = colorIndexOf(series, index);
  return (
    <svg
      className="chart-swatch"
      viewBox="0 0 20 8"
      width="20"
      height="8"
      aria-hidden="true"
      data-dimmed={series.isDimmed}
    >
      <line
        x1="0"
        x2="20"
        y1="4"
        y2="4"
        stroke={`var(--series-${color + 1})`}
        strokeDasharray={dashOf(series.color ?? index).join(' ')}
      />
    </svg>
  );
}
