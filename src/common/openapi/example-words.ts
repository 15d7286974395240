import { EXAMPLE_IDS } from './example-ids';

/** Example values for the placeholders of error sentences. */
export const EXAMPLE_WORDS = {
  name: 'admin',
  field: 'temperature',
  limit: '4194304',
  answerBytes: '67108864',
  rows: '4800',
  most: '1000',
  found: '1203',
  oldest: EXAMPLE_IDS.alertRule,
  room: '3',
  time: '2024-01-15T10:06:00.000Z',
  where: 'at "is hot"',
  expected: 'expected a comparison, such as "is greater than"',
  example: 'temperature is greater than 30',
  low: '40',
  high: '30',
  unit: '°C',
  written: '5 kW',
  problem: 'the disk of the database is full',
  days: '90 days',
  type: 'boolean',
  comparisons: '10',
  reason: 'error parsing query: DROP is not supported',
  words: 'ns, us, ms, s, m, h',
};
