import type { Condition } from '../conditions/condition';
import { comparisonsOf } from '../conditions/matching';
import type { Schema } from '../../sources/schema';
import type { Value } from '../../points/values';
import type { ResolveReason, AlertDetails } from './alert-details';

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A duration in its two largest units, rounded down: "1 hour 30 minutes". */
export function formatDuration(seconds: number): string {
  const first = UNITS.findIndex(([, length]) => seconds >= length);
  if (first < 0) return '0 seconds';
  let left = seconds;
  const parts: string[] = [];
  for (const [name, length] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(left / length);
    left -= count * length;
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? '' : 's'}`);
  }
  return parts.join(' ');
}

/** The values of a condition's fields with their units: "temperature = 31.5 °C". For `no_data`, how long data is missing. */
export function formatCurrent(
  condition: Condition,
  { transition, values, noDataSince }: AlertDetails,
  schema: Schema,
): string {
  if (condition.operator === 'no_data') {
    if (transition.event === 'resolved') return 'receiving data again';
    return `no data for ${formatDuration(Math.max(0, Math.round((transition.at - (noDataSince ?? transition.at)) / 1000)))}`;
  }
  const fields = [...new Set(comparisonsOf(condition).map(({ field }) => field))];
  return fields.map((name) => `${name} = ${formatValue(values[name], unitOf(schema, name))}`).join(', ');
}

/** Why an alert ended although its condition may still hold. */
export const REASON_SENTENCES: Readonly<Record<ResolveReason, string>> = {
  paused: 'The alert rule was paused',
  deleted: 'The alert rule was deleted',
  changed: 'The condition of the alert rule was changed',
  archived: 'The data source or its bucket was archived',
};

function formatValue(value: Value | undefined, unit: string | undefined): string {
  if (value === undefined) return 'unknown';
  // Hides the error of binary fractions: 0.1 + 0.2 is shown as 0.3.
  const text = typeof value === 'number' ? String(Number(value.toPrecision(12))) : String(value);
  return typeof value === 'number' && unit !== undefined && unit !== '' ? `${text} ${unit}` : text;
}

function unitOf(schema: Schema, name: string): string | undefined {
  return schema.find((field) => field.name === name)?.unit;
}
