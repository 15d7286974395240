import { parseCondition } from '../../src/alerting/conditions/condition-parser';
import type { Schema } from '../../src/sources/schema';

/** Fields whose names are easy to confuse with each other, with words of the grammar, and with numbers. */
export const TRICKY_SCHEMA: Schema = [
  { name: 'temperature', type: 'number', slot: 0, unit: '°C' },
  { name: 'cpu_usage', type: 'number', slot: 1, unit: '%' },
  { name: 'cpu', type: 'number', slot: 2 },
  { name: 'is.open-for', type: 'number', slot: 3 },
  { name: 'door', type: 'boolean', slot: 4 },
  { name: 'soilMoisture', type: 'number', slot: 5, unit: '%' },
  { name: 'power', type: 'number', slot: 6, unit: 'mW' },
  { name: 'rate', type: 'number', slot: 7, unit: 'people per hour' },
  { name: 'Temp', type: 'number', slot: 8 },
  { name: 'temp', type: 'number', slot: 9 },
  { name: 'wind_10m', type: 'number', slot: 10 },
  { name: 'fan-speed', type: 'number', slot: 11 },
  { name: 'fan.speed', type: 'number', slot: 12 },
];

export const parse = (text: string) => parseCondition(text, TRICKY_SCHEMA);
