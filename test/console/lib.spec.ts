import { hashOf, readHash } from '../../console/src/lib/hash';
import { counted, formatBytes, formatShort, formatTick, formatValue, spacedUnit } from '../../console/src/lib/numbers';
import { sparklinePath } from '../../console/src/lib/sparkline-path';
import {
  distanceInWords,
  durationInWords,
  fullTime,
  hasCome,
  minuteTime,
  rangeTime,
  shortDistance,
} from '../../console/src/lib/times';
import { windowOf } from '../../console/src/lib/window-rows';
import { openingOf } from '../../console/src/session/address';

/** Between a number and its unit: lines do not break there. */
const NARROW_SPACE = '\u202f';

describe('addresses', () => {
  it.each([
    ['', '/', ''],
    ['#/', '/', ''],
    ['#/buckets/1?range=24h', '/buckets/1', 'range=24h'],
    ['#buckets?a=1?b', '/buckets', 'a=1?b'],
  ])('reads %s', (hash, path, search) => {
    expect(readHash(hash)).toEqual({ path, search });
  });

  it('writes them', () => {
    expect(hashOf({ path: '/a', search: '' })).toBe('#/a');
    expect(hashOf({ path: '/a', search: 'b=1' })).toBe('#/a?b=1');
  });

  it.each([
    ['#/in/abc-DEF_1', { code: 'abc-DEF_1', hash: '#/' }],
    ['#/buckets/1?range=7d&k=dakkio_r_x', { sharedKey: 'dakkio_r_x', hash: '#/buckets/1?range=7d' }],
    ['#/buckets/1?k=x', { sharedKey: 'x', hash: '#/buckets/1' }],
    ['#/buckets?q=k', { hash: '#/buckets?q=k' }],
    ['#/in/', { hash: '#/in/' }],
  ])('takes a code or a key out of %s', (hash, expected) => {
    expect(openingOf(hash)).toEqual(expected);
  });
});

describe('numbers', () => {
  it.each([
    [21.456789, '21.46'],
    [2092.7, '2,092.7'],
    [0.0123456, '0.0123'],
    [0.1 + 0.2, '0.3'],
    [1013.25, '1,013.25'],
    [1234567, '1,234,567'],
    [0, '0'],
    [-0.5, '-0.5'],
    [0.00000032, '3.2e-7'],
    [4.2e12, '4.2e12'],
    [-3_186_400_000_000, '-3.186e12'],
    [999_999_999, '999,999,999'],
    [NaN, 'NaN'],
  ])('writes the value %d', (value, text) => {
    expect(formatValue(value)).toBe(text);
  });

  it.each([
    [1500, 500, '1,500'],
    [42.5, 2.5, '42.5'],
    [21.1234, 0.0002, '21.1234'],
    [0.30000000000000004, 0.1, '0.3'],
    [3.25e12, 5e10, '3.25e12'],
    [3.3e12, 5e10, '3.3e12'],
    [-2.5e-9, 5e-10, '-2.5e-9'],
    [0, 5e-10, '0'],
  ])('writes the tick %d of ticks at a distance of %d', (value, step, text) => {
    expect(formatTick(value, step)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1400, '1.4 kB'],
    [999_999, '1000 kB'],
    [1_400_000_000, '1.4 GB'],
  ])('writes %d bytes', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text.replace(' ', NARROW_SPACE));
  });

  it('writes counts and units', () => {
    expect([formatShort(9999), formatShort(67_280), formatShort(12_345_678)]).toEqual(['9,999', '67.3K', '12.3M']);
    expect([spacedUnit('%'), spacedUnit('°C')]).toEqual(['%', '\u202f°C']);
    expect([counted(1, 'bucket'), counted(2, 'bucket'), counted(0, 'entry', 'entries')]).toEqual([
      '1 bucket',
      '2 buckets',
      '0 entries',
    ]);
  });
});

describe('times', () => {
  const now = Date.parse('2026-11-28T12:00:00Z');
  const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];

  it.each([
    [0, 'just now'],
    [-9 * second, 'just now'],
    [-40 * second, '40 seconds ago'],
    [-(3 * minute + 59 * second), '3 minutes ago'],
    [-2 * hour, '2 hours ago'],
    [-day, 'yesterday'],
    [-9 * day, '9 days ago'],
    [-70 * day, '2 months ago'],
    [-800 * day, '2 years ago'],
    [11 * hour, 'in 11 hours'],
    [12 * hour - second, 'in 12 hours'],
  ])('says %d ms from now', (millis, words) => {
    expect(distanceInWords(now + millis, now)).toBe(words);
  });

  it.each([
    [-3 * minute, '3 min ago'],
    [-hour, '1 h ago'],
    [-3 * day, '3 days ago'],
    [-1, 'just now'],
  ])('says %d ms from now in few letters', (distance, text) => {
    expect(shortDistance(now + distance, now)).toBe(text);
  });

  it.each([
    [-minute, true],
    [0, true],
    [9 * second, true],
    [minute, false],
  ])('knows whether a time %d ms from now has come', (distance, answer) => {
    expect(hasCome(now + distance, now)).toBe(answer);
  });

  it('leaves out seconds that say nothing', () => {
    expect(minuteTime(now, 'Asia/Tokyo')).toBe('28 Nov 2026, 21:00');
  });

  it('says a time in full, in a zone', () => {
    expect(fullTime(now, 'Asia/Tokyo')).toBe('Sat, 28 Nov 2026, 21:00:00 GMT+9');
  });

  it.each([
    [day, '27 Nov 2026, 21:00 – 28 Nov 2026, 21:00'],
    [2 * hour, '28 Nov 2026, 19:00–21:00'],
    [40 * second, '28 Nov 2026, 20:59:20 – 21:00:00'],
    [90 * day, '30 Aug – 28 Nov 2026'],
  ])('says which time %d ms are, in a zone', (length, text) => {
    const said = rangeTime({ from: now - length, to: now }, 'Asia/Tokyo');
    expect(said.replaceAll(/[\u2009\u202f]/g, ' ')).toBe(text);
  });

  it.each([
    [250, '250_ms'],
    [40 * second, '40_s'],
    [65 * minute, '1_h 5_min'],
    [3 * day, '3_d'],
    [3 * day + 5 * minute, '3_d'],
  ])('says how long %d ms are', (millis, words) => {
    expect(durationInWords(millis).replaceAll(NARROW_SPACE, '_')).toBe(words);
  });
});

describe('windowOf', () => {
  const view = { height: 360, rowHeight: 36 };

  it.each([
    [0, { first: 0, end: 20, above: 0, below: 980 * 36 }],
    [36 * 500, { first: 490, end: 520, above: 490 * 36, below: 480 * 36 }],
    [36 * 990, { first: 980, end: 1000, above: 980 * 36, below: 0 }],
  ])('has the rows in sight at %d pixels, and some around them', (scrollTop, expected) => {
    expect(windowOf(1000, { ...view, scrollTop })).toEqual(expected);
  });

  it('stays within rows that have become fewer', () => {
    expect(windowOf(5, { ...view, scrollTop: 36 * 500 })).toEqual({ first: 0, end: 5, above: 0, below: 0 });
  });
});

describe('sparklinePath', () => {
  const box = { width: 100, height: 20, from: 0, to: 100 };

  it('runs from the least to the greatest value', () => {
    expect(sparklinePath([0, 50, 100], [1, 3, 2], box)).toBe('M0 20L50 0L100 10');
  });

  it('has gaps, shows lone points, and draws what never changes in the middle', () => {
    expect(sparklinePath([0, 20, 40, 60], [1, null, 1, null], box)).toBe('M0 10h1M40 10h1');
    expect(sparklinePath([], [], box)).toBe('');
  });
});
