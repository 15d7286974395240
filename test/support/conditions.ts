import { parseCondition } from '../../src/alerting/conditions/condition-parser';
import { ConditionError } from '../../src/alerting/conditions/condition.errors';
import type { Schema } from '../../src/sources/schema';

/** The schema of the condition corpus. */
export const SCHEMA: Schema = [
  { name: 'temperature', type: 'number', slot: 0, unit: '°C' },
  { name: 'humidity', type: 'number', slot: 1, unit: '%' },
  { name: 'requests', type: 'number', slot: 2 },
  { name: 'power', type: 'number', slot: 3, unit: 'W' },
  { name: 'pm2_5', type: 'number', slot: 4, unit: 'µg/m³' },
  { name: 'cpu_usage', type: 'number', slot: 5 },
  { name: 'pump', type: 'boolean', slot: 6 },
  { name: 'door', type: 'string', slot: 7 },
  { name: 'status', type: 'string', slot: 8 },
  { name: 'soilMoisture', type: 'number', slot: 9 },
  { name: 'memory', type: 'number', slot: 10, unit: 'MiB' },
  { name: 'uptime', type: 'number', slot: 11, unit: 's' },
];

/** The error for a text that must not parse. */
export function refusalOf(written: string, fields: Schema): ConditionError {
  try {
    parseCondition(written, fields);
  } catch (cause) {
    if (cause instanceof ConditionError) return cause;
    throw cause;
  }
  throw new Error(`"${written}" was accepted`);
}
