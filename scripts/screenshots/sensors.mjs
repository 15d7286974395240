// The sensors of the home in the pictures, and the alert rules that watch them.
const number = (unit) => ({ type: 'number', unit });
const round = (value) => Math.round(value * 10) / 10;
const wave = (hour, peak) => Math.cos(((hour - peak) * Math.PI) / 12);

/** `sample` gives the values at an hour of the day; `random` is between -1 and 1; `ago` is how many minutes before the pictures. */
export const SENSORS = [
  {
    id: 'livingRoom',
    name: 'Living room',
    type: 'climate',
    schema: { temperature: number('°C'), humidity: number('%') },
    sample: (hour, random, ago) => ({
      temperature: round(20.6 + 1.4 * wave(hour, 18) + (hour > 17 && hour < 22 ? 0.9 : 0) + ago / 9000 + random / 5),
      humidity: round(47 - 5 * wave(hour, 16) + random),
    }),
  },
  {
    id: 'greenhouse',
    name: 'Greenhouse',
    type: 'climate',
    schema: { temperature: number('°C'), soilMoisture: number('%'), pump: { type: 'boolean' } },
    sample: (hour, random, ago) => ({
      temperature: round(13 + 12 * Math.max(0, wave(hour, 13)) + random),
      soilMoisture: round(63 - (hour % 6) * 4 + random),
      pump: hour % 6 < 0.4 || ago < 3,
    }),
  },
  {
    id: 'freezer',
    name: 'Freezer',
    type: 'appliance',
    schema: { temperature: number('°C'), door: { type: 'string' } },
    sample: (hour, random, ago) => ({
      temperature: round(ago < 25 ? -13 + random : -18.4 + 0.6 * Math.sin(hour * 9) + random / 4),
      door: ago < 25 ? 'open' : 'closed',
    }),
  },
  {
    id: 'power',
    name: 'Power meter',
    type: 'meter',
    schema: { power: number('W') },
    sample: (hour, random) => {
      const isHome = (hour > 6.5 && hour < 8.5) || (hour > 17 && hour < 22.5);
      return {
        power: Math.round(110 + (isHome ? 430 : 0) + (hour > 12 && hour < 12.7 ? 1700 : 0) + 60 * Math.abs(random)),
      };
    },
  },
  {
    id: 'rain',
    name: 'Rain barrel',
    type: 'tank',
    schema: { level: number('cm') },
    sample: (_, random, ago) => ({ level: round(64 + 20 * Math.sin(ago / 2600) + random / 4) }),
  },
  {
    id: 'mailbox',
    name: 'Mailbox',
    type: 'switch',
    schema: { battery: number('%') },
    silentMinutes: 1440,
    sample: (_, __, ago) => ({ battery: round(41 + ago / 3000) }),
  },
];

export const RULES = [
  { source: 'freezer', name: 'Freezer too warm', condition: 'temperature is above -15 °C for 5 minutes' },
  { source: 'greenhouse', name: 'Frost in the greenhouse', condition: 'temperature is below 3 °C' },
  { source: 'power', name: 'Something draws much power', condition: 'power is above 1500 W for 10 minutes' },
  { source: 'mailbox', name: 'Mailbox is silent', condition: 'no data for 12 hours' },
];
