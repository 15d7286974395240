// The sensors of the demo's home, and a day of values that is the same on every run.

/** `sample` returns the values at an hour of the day; `random` lies between -1 and 1. */
export const SENSORS = [
  {
    name: 'Living room',
    schema: { temperature: { type: 'number', unit: '°C' }, humidity: { type: 'number', unit: '%' } },
    sample: (hour, random) => ({
      temperature: round(
        20.5 + 2 * Math.sin(((hour - 9) * Math.PI) / 12) + (hour > 17 && hour < 23 ? 1.2 : 0) + random,
      ),
      humidity: round(48 - 6 * Math.sin(((hour - 9) * Math.PI) / 12) + 2 * random),
    }),
  },
  {
    name: 'Greenhouse',
    schema: {
      temperature: { type: 'number', unit: '°C' },
      soilMoisture: { type: 'number', unit: '%' },
      pump: 'boolean',
      mode: 'string',
    },
    sample: (hour, random) => ({
      temperature: round(12 + 14 * Math.max(0, Math.sin(((hour - 6) * Math.PI) / 13)) + random),
      soilMoisture: round(62 - (hour % 6) * 4 + random),
      pump: hour % 6 < 0.25,
      mode: hour >= 6 && hour < 20 ? 'day' : 'night',
    }),
  },
  {
    name: 'Power meter',
    schema: { watts: { type: 'number', unit: 'W' } },
    sample: (hour, random) => {
      const people = (hour > 6.5 && hour < 8.5) || (hour > 17 && hour < 22.5);
      return {
        watts: Math.round(90 + (people ? 420 : 0) + (hour > 12 && hour < 12.7 ? 1700 : 0) + 60 * Math.abs(random)),
      };
    },
  },
];

const MINUTES = 1440;
const MINUTE_MILLIS = 60_000;

/** A point for each minute of yesterday (UTC). */
export function yesterdayOf({ name, sample }, dataSourceId) {
  const day = MINUTES * MINUTE_MILLIS;
  const midnight = Math.floor(Date.now() / day) * day - day;
  return Array.from({ length: MINUTES }, (_, minute) => ({
    dataSourceId,
    timestamp: midnight + minute * MINUTE_MILLIS,
    values: sample(minute / 60, noise(minute, name.length)),
  }));
}

/** Between -1 and 1, and the same on every run. */
function noise(minute, seed) {
  const wave = Math.sin(minute * 12.9898 + seed * 78.233) * 43_758.5453;
  return (wave - Math.floor(wave)) * 2 - 1;
}

function round(value) {
  return Math.round(value * 10) / 10;
}
