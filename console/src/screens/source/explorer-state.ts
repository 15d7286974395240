import type { TimeRange } from '../../chart/series';
import { PERIODS, type Period } from './earlier';
import { stepFor } from './steps';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const PRESETS: Readonly<Record<string, number>> = {
  '1h': HOUR,
  '6h': 6 * HOUR,
  '24h': DAY,
  '7d': 7 * DAY,
  '30d': 30 * DAY,
  '1y': 365 * DAY,
};
export const DEFAULT_PRESET = '24h';
/** The last time that a date can have. */
const LAST_TIME = 8.64e15;

export const AGGREGATIONS = [
  'avg',
  'min',
  'max',
  'sum',
  'count',
  'first',
  'last',
  'median',
  'p95',
  'p99',
  'stddev',
] as const;
export type Aggregation = (typeof AGGREGATIONS)[number];
export const FILLS = ['none', 'previous', 'linear'] as const;
export type Fill = (typeof FILLS)[number];

/** What the explorer shows: all of it is in the address. */
export interface ExplorerState {
  readonly range: TimeRange;
  /** Undefined where two times were chosen. */
  readonly preset: string | undefined;
  readonly step: string;
  readonly chosenStep: string | undefined;
  readonly aggregation: Aggregation;
  readonly fill: Fill;
  readonly zone: string;
  /** Undefined: all. */
  readonly fields: readonly string[] | undefined;
  /** Other data sources of the bucket on the same chart. */
  readonly others: readonly string[];
  readonly axes: 'unit' | 'own';
  readonly compare: Period | undefined;
  readonly isTable: boolean;
  readonly isLive: boolean;
}

interface Values {
  get(name: string): string | null;
}

/** @param now where the presets end */
export function explorerStateOf(values: Values, now: number, ownZone: string): ExplorerState {
  const chosen = chosenRange(values);
  const wanted = values.get('range') ?? '';
  const preset = chosen ? undefined : Object.hasOwn(PRESETS, wanted) ? wanted : DEFAULT_PRESET;
  const range = chosen ?? { from: now - (PRESETS[preset ?? DEFAULT_PRESET] ?? DAY), to: now };
  const zone = values.get('zone') ?? '';
  return {
    range,
    preset,
    step: stepFor(range.to - range.from, values.get('step')),
    chosenStep: values.get('step') ?? undefined,
    aggregation: oneOf(AGGREGATIONS, values.get('as')) ?? 'avg',
    fill: oneOf(FILLS, values.get('fill')) ?? 'none',
    zone: isZone(zone) ? zone : ownZone,
    fields: values.get('fields') === null ? undefined : listOf(values.get('fields')),
    others: listOf(values.get('with')),
    axes: values.get('axes') === 'own' ? 'own' : 'unit',
    compare: oneOf(PERIODS, values.get('compare')),
    isTable: values.get('table') === '1',
    isLive: values.get('live') === '1' && !chosen,
  };
}

/** A list as it stands in an address. The names of fields may contain commas. */
export function listText(names: readonly string[]): string {
  return names.map(encodeURIComponent).join(',');
}

function listOf(text: string | null): string[] {
  return (text ?? '').split(',').filter(Boolean).map(decoded);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function chosenRange(values: Values): TimeRange | undefined {
  const [from, to] = [Number(values.get('from')), Number(values.get('to'))];
  return from > 0 && to > from && to <= LAST_TIME ? { from, to } : undefined;
}

function oneOf<T extends string>(known: readonly T[], wanted: string | null): T | undefined {
  return known.find((one) => one === wanted);
}

function isZone(zone: string): boolean {
  if (zone === '') return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
