import { TimeBuckets, parseStep } from './time-steps';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MINUTE = 60_000;

/** The steps between two local midnights, in ascending order. */
function stepsOf(text: string, zone: string, [from, to]: readonly [number, number]) {
  const timeBuckets = new TimeBuckets([from, to], parseStep(text), zone);
  const spans = [...timeBuckets.spans([from, to], 'asc')];
  expect([...timeBuckets.spans([from, to], 'desc')].reverse()).toEqual(spans);
  const strays = spans.filter(({ start, end }) =>
    [start, Math.floor((start + end) / 2), end - 1].some((at) => timeBuckets.spanAt(at).start !== start),
  );
  expect(strays).toEqual([]);
  return spans;
}

const hours = (text: string, zone: string, range: readonly [number, number]) =>
  stepsOf(text, zone, range).map(({ start, end }) => (end - start) / HOUR);
const clockOf = (zone: string) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
const starts = (text: string, zone: string, range: readonly [number, number]) =>
  stepsOf(text, zone, range).map(({ start }) => clockOf(zone).format(start).slice(11, 16));

describe('a step shorter than a day', () => {
  const berlinBack = [Date.UTC(2024, 9, 26, 22), Date.UTC(2024, 9, 27, 23)] as const;
  const berlinForward = [Date.UTC(2024, 2, 30, 23), Date.UTC(2024, 2, 31, 22)] as const;
  const newYorkForward = [Date.UTC(2024, 2, 10, 5), Date.UTC(2024, 2, 11, 4)] as const;

  it.each([
    ['12h', 'Europe/Berlin', berlinBack, [13, 12]],
    ['6h', 'Europe/Berlin', berlinBack, [7, 6, 6, 6]],
    ['6h', 'Europe/Berlin', berlinForward, [5, 6, 6, 6]],
    ['12h', 'Europe/Berlin', berlinForward, [11, 12]],
    ['24h', 'Europe/Berlin', berlinForward, [23]],
    ['1440m', 'Europe/Berlin', berlinBack, [25]],
    // Lord Howe sets its clock by half an hour, at 02:00.
    ['hour', 'Australia/Lord_Howe', [Date.UTC(2024, 3, 6, 13), Date.UTC(2024, 3, 6, 17)] as const, [1, 1.5, 1, 1]],
    ['hour', 'Australia/Lord_Howe', [Date.UTC(2024, 9, 5, 13, 30), Date.UTC(2024, 9, 5, 16)] as const, [1, 1, 0.5]],
  ])('of %s in %s follows the local clock', (text, zone, range, expected) => {
    expect(hours(text, zone, range)).toEqual(expected);
  });

  it('starts where the clock skips a multiple, and at both occurrences of a repeated time', () => {
    expect(starts('2h', 'America/New_York', newYorkForward).slice(0, 4)).toEqual(['00:00', '03:00', '04:00', '06:00']);
    expect(starts('hour', 'Europe/Berlin', berlinBack).slice(0, 5)).toEqual([
      '00:00',
      '01:00',
      '02:00',
      '02:00',
      '03:00',
    ]);
  });

  it('that does not divide a day counts from 1970-01-01 in local time', () => {
    const zone = 'Europe/Berlin';
    for (const { start } of stepsOf('7h', zone, [Date.UTC(2024, 5, 1), Date.UTC(2024, 5, 5)])) {
      const wall = Date.parse(`${clockOf(zone).format(start).replace(' ', 'T')}Z`);
      expect(wall % (7 * HOUR)).toBe(0);
    }
  });
});

it('reads 24h as a day and 7d as a week', () => {
  for (const text of ['24h', '1440m', '86400s', '1d']) expect(parseStep(text)).toEqual(parseStep('day'));
  expect(parseStep('7d')).toEqual(parseStep('week'));
  expect(parseStep('14d')).toEqual(parseStep('2w'));
  const [week] = stepsOf('7d', 'Europe/Berlin', [Date.UTC(2024, 0, 17), Date.UTC(2024, 0, 18)]);
  expect(week).toEqual({ start: Date.UTC(2024, 0, 14, 23), end: Date.UTC(2024, 0, 21, 23) });
});

it('supports quarters and years', () => {
  const at = Date.UTC(2024, 4, 5);
  expect(new TimeBuckets([at, at + 1], parseStep('quarter'), 'UTC').spanAt(at)).toEqual({
    start: Date.UTC(2024, 3, 1),
    end: Date.UTC(2024, 6, 1),
  });
  expect(new TimeBuckets([at, at + 1], parseStep('year'), 'Europe/Berlin').spanAt(at)).toEqual({
    start: Date.UTC(2023, 11, 31, 23),
    end: Date.UTC(2024, 11, 31, 23),
  });
});

describe('a day that a time zone has skipped', () => {
  it.each([
    ['Pacific/Apia', Date.UTC(2011, 11, 30, 10)],
    ['Pacific/Kwajalein', Date.UTC(1993, 7, 21, 12)],
    ['Pacific/Kiritimati', Date.UTC(1994, 11, 31, 10)],
  ])('in %s does not produce two steps with the same start', (zone, change) => {
    for (const text of ['day', '6h', '7h', 'hour', '15m', '2d', 'week', 'month']) {
      const spans = stepsOf(text, zone, [change - 3 * DAY, change + 3 * DAY]);
      expect(spans.every(({ start, end }) => start < end)).toBe(true);
      expect(spans.slice(1).map(({ start }) => start)).toEqual(spans.slice(0, -1).map(({ end }) => end));
      if (text === 'day' || text === '6h') expect(spans.map(({ start }) => start)).toContain(change);
    }
  });
});

describe('time buckets cover every time once', () => {
  // St. John's set its clock back at 00:01, so a part of Saturday repeated after Sunday had started.
  const changes: [string, number][] = [
    ['America/St_Johns', Date.UTC(2006, 9, 29, 2, 31)],
    ['America/Sao_Paulo', Date.UTC(2018, 1, 18, 2)],
    ['America/Sao_Paulo', Date.UTC(2018, 10, 4, 3)],
    ['America/Havana', Date.UTC(2024, 10, 3, 5)],
    ['Africa/Casablanca', Date.UTC(2024, 2, 10, 2)],
    ['Antarctica/Troll', Date.UTC(2024, 9, 27, 1)],
    ['Australia/Lord_Howe', Date.UTC(2024, 3, 6, 15)],
    ['Africa/Monrovia', Date.UTC(1972, 0, 7, 0, 44, 30)],
  ];
  it.each(changes)('in %s', (zone, change) => {
    for (const text of ['minute', '90s', '45m', 'hour', '2h', '5h', '12h', 'day', 'week', 'quarter']) {
      const from = change - DAY - 17 * MINUTE;
      const spans = stepsOf(text, zone, [from, change + DAY]);
      expect(spans[0]?.start).toBeLessThanOrEqual(from);
      expect(spans.at(-1)?.end).toBeGreaterThanOrEqual(change + DAY);
      expect(spans.slice(1).map(({ start }) => start)).toEqual(spans.slice(0, -1).map(({ end }) => end));
    }
  });
});
