import type { FieldType } from '../../../../src/sources/schema';

type Values = Readonly<Record<string, number | boolean | string>>;

export interface DemoSensor {
  readonly name: string;
  readonly schema: Readonly<Record<string, { readonly type: FieldType; readonly unit?: string }>>;
  /** What it measures at a time. The same on every run, so that a point that is sent twice is one point. */
  readonly valuesAt: (at: number) => Values;
}

const HOUR_MILLIS = 3_600_000;

/** Sensors of a home that does not exist. */
export const DEMO_SENSORS: readonly DemoSensor[] = [
  {
    name: 'Living room',
    schema: { temperature: { type: 'number', unit: '°C' }, humidity: { type: 'number', unit: '%' } },
    valuesAt: (at) => ({
      temperature: round(21 + 1.6 * daily(at, 15) + slow(at, 1) + 0.04 * noise(at, 1)),
      humidity: round(47 - 5 * daily(at, 15) + 2 * slow(at, 2) + 0.1 * noise(at, 2)),
    }),
  },
  {
    name: 'Greenhouse',
    schema: {
      temperature: { type: 'number', unit: '°C' },
      soil_moisture: { type: 'number', unit: '%' },
      pump: { type: 'boolean' },
    },
    valuesAt: (at) => {
      // Every six hours the pump waters for a quarter of an hour.
      const hours = (at / HOUR_MILLIS) % 6;
      return {
        temperature: round(17 + 9 * Math.max(-0.4, daily(at, 14)) + slow(at, 3) + 0.06 * noise(at, 3)),
        soil_moisture: round(hours < 0.25 ? 38 + 100 * hours : 63 - 4 * (hours - 0.25) + 0.1 * noise(at, 4)),
        pump: hours < 0.25,
      };
    },
  },
  {
    name: 'Power meter',
    schema: { power: { type: 'number', unit: 'W' } },
    valuesAt: (at) => {
      const evening = Math.max(0, daily(at, 20));
      const kettle = noise(Math.floor(at / 180_000) * 180_000, 5) > 0.93 ? 1900 : 0;
      return { power: Math.round(140 + 380 * evening * evening + 60 * slow(at, 4) + kettle + 12 * noise(at, 6)) };
    },
  },
];

const HISTORY_DAYS = 7;
const HISTORY_STEP_MILLIS = 300_000;
const RECENT_MILLIS = HOUR_MILLIS;
const RECENT_STEP_MILLIS = 10_000;

/** The times of a week of history: every five minutes, and every ten seconds in the last hour. Ascending, up to now. */
export function historyTimes(now: number): number[] {
  const times: number[] = [];
  const recent = Math.ceil((now - RECENT_MILLIS) / RECENT_STEP_MILLIS) * RECENT_STEP_MILLIS;
  const first = Math.ceil((now - HISTORY_DAYS * 24 * HOUR_MILLIS) / HISTORY_STEP_MILLIS) * HISTORY_STEP_MILLIS;
  for (let at = first; at < recent; at += HISTORY_STEP_MILLIS) times.push(at);
  for (let at = recent; at <= now; at += RECENT_STEP_MILLIS) times.push(at);
  return times;
}

/** A wave of one day between -1 and 1 that is highest at an hour (UTC). */
function daily(at: number, hour: number): number {
  return Math.cos(((at / HOUR_MILLIS - hour) / 12) * Math.PI);
}

/** A slow change between -1 and 1 that does not repeat within a week. */
function slow(at: number, seed: number): number {
  const hours = at / HOUR_MILLIS;
  return (Math.sin(hours / 3.1 + seed) + Math.sin(hours / 7.7 + 2 * seed)) / 2;
}

/** Between -1 and 1, by time. */
function noise(at: number, seed: number): number {
  const wave = Math.sin(((at / 1000) % 86_400) * 12.9898 + seed * 78.233) * 43_758.5453;
  return (wave - Math.floor(wave)) * 2 - 1;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
