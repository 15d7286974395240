import fc from 'fast-check';
import { AGGREGATIONS, type Aggregation } from '../../src/query/aggregations';
import type { Fill } from '../../src/query/fill';
import { type ModelValue } from './point-model';

export const SCHEMA = { level: 'number', flow: 'number', door: 'boolean', note: 'string' };
export const HOUR = 3_600_000;
/** Before a clock change in Berlin, and two outlying times: one year before and two years after. */
export const START = Date.UTC(2024, 2, 29, 20, 10);
export const STRAYS = [Date.UTC(2023, 0, 5, 3), Date.UTC(2026, 5, 1, 12, 34)];
const ZONES = ['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'America/New_York'];
const STEPS = ['minute', '15m', 'hour', '6h', 'day', 'week', 'month'];

export interface Question {
  readonly groupBy: string | undefined;
  readonly zone: string;
  readonly fill: Fill;
  readonly aggregations: readonly Aggregation[];
  readonly fields: readonly string[];
  readonly range: readonly [number, number];
  readonly metadata: Record<string, ModelValue> | undefined;
  readonly sort: 'asc' | 'desc';
  readonly offset: number;
  readonly limit: number;
  /** Whether points without any of the fields are not counted. */
  readonly isNamed: boolean;
  readonly visibleFrom: number;
}

export const question: fc.Arbitrary<Question> = fc
  .record({
    groupBy: fc.constantFrom(...STEPS),
    zone: fc.constantFrom(...ZONES),
    fill: fc.constantFrom<Fill>('none', 'null', 'previous', 'linear'),
    aggregations: fc.oneof(
      fc.subarray<Aggregation>(['avg', 'min', 'sum', 'count', 'last', 'first', 'stddev'], { minLength: 1 }),
      fc.subarray([...AGGREGATIONS], { minLength: 1 }),
    ),
    fields: fc.oneof(fc.constant(Object.keys(SCHEMA)), fc.subarray(Object.keys(SCHEMA), { minLength: 1 })),
    range: fc
      .tuple(fc.integer({ min: -30, max: 90 }), fc.integer({ min: 1, max: 40 }))
      .map(([from, hours]): [number, number] => [START + from * HOUR + 7, START + (from + hours) * HOUR]),
    metadata: fc.constantFrom(undefined, undefined, { device: 'a' }),
    sort: fc.constantFrom('asc' as const, 'desc' as const),
    offset: fc.oneof(fc.constant(0), fc.nat(60)),
    limit: fc.integer({ min: 1, max: 40 }),
    isNamed: fc.boolean(),
    visibleFrom: fc.constantFrom(0, 0, START, START + 20 * HOUR),
  })
  .map((asked) => ({ ...asked, visibleFrom: Math.min(asked.visibleFrom, asked.range[0]) }))
  .map((asked) => {
    const isLong = ['6h', 'day', 'week', 'month'].includes(asked.groupBy);
    // Long steps use a range with both outlying points. With `fill`, the model computes every step of the range.
    if (!isLong) return asked.groupBy === 'minute' ? { ...asked, fill: 'none' as const } : asked;
    const wide: [number, number] =
      asked.fill === 'none' ? [0, Date.UTC(2100, 0)] : [START - 500 * HOUR, START + 400 * HOUR];
    return { ...asked, range: asked.offset % 2 === 0 ? wide : asked.range };
  });
