import { formatValue, spacedUnit } from '../lib/numbers';
import { plainTime } from '../lib/times';
import { valueAt } from './align';
import type { ChartModel } from './model';

/** What a chart says of a place of its times: `28 Nov 2026, 15:40:00: temperature 21.4 °C, humidity no value`. */
export function announcement({ series, data, zone, hidden }: ChartModel, index: number): string {
  const values = series.flatMap(({ id, label, unit = '' }, place) => {
    if (hidden.has(id)) return [];
    const value = valueAt(data.columns[place]?.values ?? [], index);
    return `${label} ${value === null ? 'no value' : `${formatValue(value)}${unit && spacedUnit(unit)}`}`;
  });
  return `${plainTime(data.times[index] ?? 0, zone)}: ${values.join(', ')}`;
}
