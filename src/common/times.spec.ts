import fc from 'fast-check';
import { parseTime, readRangeEnd } from './times';

const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const moment = fc.integer({ min: 0, max: LATEST });
const offset = fc.integer({ min: -(23 * 60 + 59), max: 23 * 60 + 59 });

/** A moment as a clock with this offset shows it. */
function shownAt(millis: number, offsetMinutes: number): string {
  const local = new Date(millis + offsetMinutes * 60_000).toISOString().slice(0, -1);
  const minutes = Math.abs(offsetMinutes);
  const digits = (count: number) => String(count).padStart(2, '0');
  return `${local}${offsetMinutes < 0 ? '-' : '+'}${digits(Math.floor(minutes / 60))}:${digits(minutes % 60)}`;
}

describe('a time', () => {
  it('is read back as it was written', () => {
    fc.assert(fc.property(moment, (millis) => parseTime(new Date(millis).toISOString()) === millis));
  });

  it('is the same moment at every offset', () => {
    const daysInside = fc.integer({ min: 86_400_000, max: LATEST - 86_400_000 });
    fc.assert(fc.property(daysInside, offset, (millis, minutes) => parseTime(shownAt(millis, minutes)) === millis));
  });

  it('is cut to milliseconds, never rounded', () => {
    fc.assert(
      fc.property(moment, fc.stringMatching(/^\d{1,20}$/), (millis, finer) => {
        const text = new Date(millis).toISOString().replace('Z', `${finer}Z`);
        expect(parseTime(text)).toBe(millis);
      }),
    );
  });

  it.each([
    ['2030-01-31T12:00:00Z', '2030-01-31T12:00:00.000Z'],
    ['2030-01-31t12:00:00z', '2030-01-31T12:00:00.000Z'],
    ['2030-01-31 12:00:00+02:00', '2030-01-31T10:00:00.000Z'],
    ['2030-01-31T12:00:00-00:00', '2030-01-31T12:00:00.000Z'],
    ['2030-01-31T12:00:00.5Z', '2030-01-31T12:00:00.500Z'],
    ['2030-01-31T12:00:00.9999999Z', '2030-01-31T12:00:00.999Z'],
    ['2030-01-31T23:59:59+23:59', '2030-01-31T00:00:59.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['2016-12-31T23:59:60.25Z', '2017-01-01T00:00:00.250Z'],
    ['2017-01-01T05:29:60+05:30', '2017-01-01T00:00:00.000Z'],
  ])('may be written %s', (text, iso) => {
    const millis = parseTime(text);
    expect(millis !== undefined && new Date(millis).toISOString()).toBe(iso);
  });

  it.each([
    ['no offset', '2030-01-31T12:00:00'],
    ['a day alone', '2030-01-31'],
    ['no seconds', '2030-01-31T12:00Z'],
    ['two blanks', '2030-01-31  12:00:00Z'],
    ['a blank before the offset', '2030-01-31T12:00:00 Z'],
    ['blanks around it', ' 2030-01-31T12:00:00Z'],
    ['a line end after it', '2030-01-31T12:00:00Z\n'],
    ['an offset without a colon', '2030-01-31T12:00:00+0200'],
    ['an offset of 24 hours', '2030-01-31T12:00:00+24:00'],
    ['an offset of 60 minutes', '2030-01-31T12:00:00+01:60'],
    ['a point with no digits', '2030-01-31T12:00:00.Z'],
    ['a comma', '2030-01-31T12:00:00,5Z'],
    ['the 30th of February', '2025-02-30T12:00:00Z'],
    ['the 29th of February of 2025', '2025-02-29T12:00:00Z'],
    ['the 29th of February of 2100', '2100-02-29T12:00:00Z'],
    ['the 31st of April', '2030-04-31T12:00:00Z'],
    ['day 0', '2030-01-00T12:00:00Z'],
    ['month 0', '2030-00-01T12:00:00Z'],
    ['month 13', '2030-13-01T12:00:00Z'],
    ['hour 24', '2030-01-31T24:00:00Z'],
    ['minute 60', '2030-01-31T12:60:00Z'],
    ['second 61', '2016-12-31T23:59:61Z'],
    ['a leap second at the end of 9999', '9999-12-31T23:59:60Z'],
    ['1969', '1969-12-31T23:59:59Z'],
    ['1969 in UTC', '1970-01-01T00:00:00+00:01'],
    ['year 10000 in UTC', '9999-12-31T23:59:59-00:01'],
    ['year 0', '0000-01-01T00:00:00Z'],
    ['a year of five digits', '12030-01-31T12:00:00Z'],
    ['a signed year', '+002030-01-31T12:00:00Z'],
    ['Arabic digits', '٢٠٣٠-٠١-٣١T12:00:00Z'],
    ['milliseconds', '1893456000000'],
    ['nothing', ''],
  ])('is refused with %s', (_what, text) => {
    expect(parseTime(text)).toBeUndefined();
  });

  it('is never read from a text at random, nor anything thrown', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789-:TZ+. ') }), (text) => {
        const millis = parseTime(text);
        return millis === undefined || (millis >= 0 && millis <= LATEST);
      }),
    );
  });
});

describe('an end of a range of time', () => {
  const NOW = Date.UTC(2024, 0, 15, 12);
  const HOUR = 3_600_000;

  it.each([
    ['2024-01-15T10:00:00Z', NOW - 2 * HOUR],
    [NOW, NOW],
    [NOW + 0.7, NOW],
    [String(NOW), NOW],
    [1e11, 1e11],
    ['now', NOW],
    ['now-24h', NOW - 24 * HOUR],
    ['now-1d', NOW - 24 * HOUR],
    ['now-2w', NOW - 336 * HOUR],
    ['now-90m', NOW - 1.5 * HOUR],
    ['now-1h30m', NOW - 1.5 * HOUR],
    ['now+30s', NOW + 30_000],
    ['now-0s', NOW],
  ])('may be %p', (value, millis) => expect(readRangeEnd(value, NOW)).toBe(millis));

  it.each([0, 1, 1_795_822_690, 1_795_822_690.5, '1795822690', 1e11 - 1])('is taken for seconds: %p', (value) =>
    expect(readRangeEnd(value, NOW)).toBe('seconds'),
  );

  it.each([
    ...[
      -1,
      NaN,
      Infinity,
      253_402_300_800_000,
      true,
      null,
      {},
      [],
      '',
      'now ',
      ' now',
      'NOW',
      'now-',
      'now-24',
      'now24h',
    ],
    ...['now-1.5h', 'now-1y', 'now-1M', 'now/d', '-24h', 'yesterday', 'now-999999w', '1e12', '-1795822690000'],
  ])('is not %p', (value) => expect(readRangeEnd(value, NOW)).toBeUndefined());
});
