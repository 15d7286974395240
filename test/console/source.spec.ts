import { seriesOf, type Charted } from '../../console/src/screens/source/chart-series';
import { earlierRange, laterPlaces, shifted } from '../../console/src/screens/source/earlier';
import { explorerStateOf, listText } from '../../console/src/screens/source/explorer-state';
import { withGaps } from '../../console/src/screens/source/gaps';
import { KEY_PLACE, snippetsOf } from '../../console/src/screens/source/snippets';
import { runsOf } from '../../console/src/screens/source/state-runs';
import { automaticStep, stepFor, stepInWords, stepMillis, stepsFor } from '../../console/src/screens/source/steps';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const BERLIN = 'Europe/Berlin';
const iso = (at: number) => new Date(at).toISOString();

describe('steps', () => {
  it.each([
    [HOUR / 2, '1s'],
    [HOUR, '10s'],
    [6 * HOUR, '1m'],
    [DAY, '5m'],
    [25 * HOUR, '5m'],
    [7 * DAY, '15m'],
    [30 * DAY, '1h'],
    [90 * DAY, '3h'],
    [365 * DAY, '12h'],
    [4 * 365 * DAY, '1d'],
    [30 * 365 * DAY, '7d'],
  ])('of %d ms is %s', (length, step) => {
    expect(automaticStep(length)).toBe(step);
    expect(length / stepMillis(step)).toBeLessThanOrEqual(2000);
  });

  it('are chosen where they make no more than 2000 rows', () => {
    expect(stepsFor(DAY)).toEqual(['1m', '5m', '15m', '1h', '3h', '12h', '1d', '7d']);
    expect(stepFor(DAY, '1h')).toBe('1h');
    expect(stepFor(DAY, '10s')).toBe('5m');
    expect(stepFor(DAY, 'nonsense')).toBe('5m');
    expect(['10s', '1m', '3h', '7d'].map(stepInWords)).toEqual(['10 seconds', '1 minute', '3 hours', '7 days']);
  });
});

describe('the time before', () => {
  it.each([
    ['2026-03-29T22:00:00.000Z', 'day', '2026-03-28T23:00:00.000Z'],
    ['2026-10-25T23:00:00.000Z', 'day', '2026-10-24T22:00:00.000Z'],
    ['2026-03-30T10:00:00.000Z', 'week', '2026-03-23T11:00:00.000Z'],
    ['2026-03-31T10:00:00.000Z', 'month', '2026-02-28T11:00:00.000Z'],
    ['2024-02-29T10:00:00.000Z', 'year', '2023-02-28T10:00:00.000Z'],
    // Half past two did not exist on that day.
    ['2026-03-30T00:30:00.000Z', 'day', '2026-03-29T01:30:00.000Z'],
    // Half past two came twice on that day.
    ['2026-10-26T01:30:00.000Z', 'day', '2026-10-25T00:30:00.000Z'],
  ] as const)('of %s is a %s earlier in Berlin', (at, period, before) => {
    expect(iso(shifted(Date.parse(at), period, -1, BERLIN))).toBe(before);
  });

  it('of a day is the whole day before, which may have 23 or 25 hours', () => {
    const lengthOf = (from: string, to: string) => {
      const range = earlierRange({ from: Date.parse(from), to: Date.parse(to) }, 'day', BERLIN);
      return (range.to - range.from) / HOUR;
    };
    expect(lengthOf('2026-03-29T22:00:00Z', '2026-03-30T22:00:00Z')).toBe(23);
    expect(lengthOf('2026-10-25T23:00:00Z', '2026-10-26T23:00:00Z')).toBe(25);
  });

  it('keeps each local time once, in order', () => {
    const start = Date.parse('2026-10-24T22:00:00Z');
    const times = Array.from({ length: 25 }, (_, index) => start + index * HOUR);
    const places = laterPlaces(times, 'day', BERLIN);
    expect(places.map(({ place }) => place)).toEqual(times.map((_, index) => index).filter((index) => index !== 3));
    expect(places.map(({ time }) => time)).toEqual(
      Array.from({ length: 24 }, (_, index) => Date.parse('2026-10-25T23:00:00Z') + index * HOUR),
    );
  });
});

describe('gaps', () => {
  it('are where a device was silent for longer than it usually is', () => {
    const times = [0, 10, 20, 30, 100, 110].map((minutes) => minutes * MINUTE);
    const { times: shown, columns } = withGaps({ times, columns: [[1, 2, 3, 4, 5, 6]] }, MINUTE);
    expect(columns).toEqual([[1, 2, 3, 4, null, 5, 6]]);
    expect(shown[4]).toBe(31 * MINUTE);
    expect(withGaps({ times: times.slice(0, 4), columns: [] }, MINUTE).times).toEqual(times.slice(0, 4));
  });
});

describe('series', () => {
  const sources: readonly Charted[] = [
    { _id: 'a', name: 'A', schema: { t: { type: 'number', unit: '°C' }, open: { type: 'boolean' } } },
    { _id: 'b', name: 'B', schema: { t: { type: 'number', unit: '°C' } } },
  ];
  const entries = [
    { dataSourceId: 'b', timestamps: [0, HOUR], values: { t: { avg: [1, null], min: [0, null], max: [2, null] } } },
  ];

  it('have a band around their mean, and their color whichever are shown', () => {
    const shape = { sources, fields: undefined, aggregation: 'avg' as const, stepMillis: HOUR };
    expect(seriesOf(entries, shape)).toEqual([
      { id: 'b t', label: 'B: t', unit: '°C', times: [0], values: [1], low: [0], high: [2], color: 1 },
    ]);
  });

  it('of the time before lie on the present time, pale', () => {
    const compare = { period: 'day' as const, zone: 'UTC' };
    const shape = { sources: sources.slice(1), fields: ['t'], aggregation: 'avg' as const, stepMillis: HOUR, compare };
    expect(seriesOf(entries, shape)).toEqual([
      { id: 'b t before', label: 't, a day before', unit: '°C', times: [DAY], values: [1], color: 0, isDimmed: true },
    ]);
  });
});

describe('the address', () => {
  const stateOf = (search: string) => explorerStateOf(new URLSearchParams(search), 10 * DAY, 'UTC');

  it('says everything that is shown', () => {
    const fields = listText(['a,b', 'c']);
    const search = new URLSearchParams({ range: '7d', as: 'max', fill: 'linear', zone: BERLIN, fields, with: 'x' });
    expect(stateOf(`${search.toString()}&compare=week&axes=own&table=1&live=1`)).toEqual({
      range: { from: 3 * DAY, to: 10 * DAY },
      preset: '7d',
      step: '15m',
      chosenStep: undefined,
      aggregation: 'max',
      fill: 'linear',
      zone: BERLIN,
      fields: ['a,b', 'c'],
      others: ['x'],
      axes: 'own',
      compare: 'week',
      isTable: true,
      isLive: true,
    });
  });

  it('may be wrong', () => {
    const wrong = stateOf('range=2w&as=mode&zone=Mars/Base&from=5&to=4&compare=decade&fields=%25');
    expect(wrong).toMatchObject({ preset: '24h', aggregation: 'avg', zone: 'UTC', compare: undefined });
    expect(stateOf('range=toString').range).toEqual({ from: 9 * DAY, to: 10 * DAY });
  });

  it('keeps a live chart from a range that has ended', () => {
    expect(stateOf('from=1000&to=2000&live=1')).toMatchObject({ range: { from: 1000, to: 2000 }, isLive: false });
  });
});

describe('states', () => {
  it('last until the next point, and equal ones are one', () => {
    expect(runsOf([1, 2, 3, 4], [true, true, null, 'off'], 9)).toEqual([
      { from: 1, to: 4, value: 'true' },
      { from: 4, to: 9, value: 'off' },
    ]);
  });
});

describe('snippets', () => {
  const snippets = snippetsOf('http://host/api/data/query', { filters: { fields: [`it's "a"`] } });

  it.each(snippets)('have a place for the key: $name', ({ text }) => {
    expect(text).toContain(KEY_PLACE);
    expect(text).toContain('http://host/api/data/query');
  });

  it('quote for the shell', () => {
    expect(snippets[0]?.text).toContain(`it'\\''s \\"a\\"`);
  });
});
