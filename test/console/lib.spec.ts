import { valueOf } from '../../console/src/screens/key/typed-value';
import { hashOf, readHash } from '../../console/src/lib/hash';
import { counted, formatBytes, formatShort, formatTick, formatValue, spacedUnit } from '../../console/src/lib/numbers';
import { sparklinePath } from '../../console/src/lib/sparkline-path';
import { distanceInWords, durationInWords, fullTime } from '../../console/src/lib/times';
import { windowOf } from '../../console/src/lib/window-rows';
import { isWorthRetrying, retryWaitMillis } from '../../console/src/api/retries';
import { ApiProblem, problemOf } from '../../console/src/api/problem';
import { SseParser } from '../../console/src/api/stream/sse-parser';
import { openingOf } from '../../console/src/session/address';
import { may, homePathOf } from '../../console/src/session/rights';
import { readSession, sessionOf, typeOfKeyText } from '../../console/src/session/session';
import { mergeLatest, quietFirst } from '../../console/src/screens/bucket/latest';

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
    [4.2e12, '4200000000000'],
    [NaN, 'NaN'],
  ])('writes the value %d', (value, text) => {
    expect(formatValue(value)).toBe(text);
  });

  it.each([
    [1500, 500, '1,500'],
    [42.5, 2.5, '42.5'],
    [21.1234, 0.0002, '21.1234'],
    [0.30000000000000004, 0.1, '0.3'],
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
    expect(formatBytes(bytes)).toBe(text);
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

  it('says a time in full, in a zone', () => {
    expect(fullTime(now, 'Asia/Tokyo')).toBe('Sat, 28 Nov 2026, 21:00:00 GMT+9');
  });

  it.each([
    [250, '250 ms'],
    [40 * second, '40 s'],
    [65 * minute, '1 h 5 min'],
    [3 * day, '3 d'],
    [3 * day + 5 * minute, '3 d'],
  ])('says how long %d ms are', (millis, words) => {
    expect(durationInWords(millis)).toBe(words);
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

describe('problems', () => {
  const headers = new Headers({ 'X-Error-Code': 'rate_limit_exceeded', 'X-Request-Id': 'r-1', 'Retry-After': '7' });

  it('have the sentence of the server, its code and what else it says', () => {
    const details = [{ path: ['body', 'name'], message: 'Name is required' }];
    const problem = problemOf({ status: 429, headers }, { error: 'Too Many Requests', message: 'Wait', details });
    expect(problem).toMatchObject({ status: 429, code: 'rate_limit_exceeded', requestId: 'r-1', retryAfterSeconds: 7 });
    expect([problem.message, problem.messageOf('name'), problem.messageOf('type')]).toEqual([
      'Wait',
      'Name is required',
      undefined,
    ]);
  });

  it('are in words also where a proxy answered', () => {
    expect(problemOf({ status: 502, headers: new Headers() }, '<html>').message).toBe(
      'The server answered with status 502',
    );
  });

  it.each([
    [0, true],
    [502, true],
    [503, true],
    [429, false],
    [500, false],
    [404, false],
  ])('with status %d are worth a retry: %s', (status, expected) => {
    const problem = new ApiProblem('x', { status });
    expect([isWorthRetrying(0, problem), isWorthRetrying(3, problem)]).toEqual([expected, false]);
  });

  it('are retried when the server asks for it, or ever later', () => {
    expect(retryWaitMillis(0, new ApiProblem('x', { status: 503, retryAfterSeconds: 2 }))).toBe(2000);
    const waits = [0, 1, 2, 9].map((failures) => retryWaitMillis(failures, new ApiProblem('x', { status: 0 })));
    expect(waits).toEqual([500, 1000, 2000, 10_000]);
    expect(isWorthRetrying(0, new TypeError('a mistake'))).toBe(false);
  });
});

describe('SseParser', () => {
  const text = ': hello\r\nretry: 1000\r\n\r\nevent: point\nid: 7\ndata: {"a":\ndata: 1}\n\ndata:x\n\n';
  const events = [
    { type: 'point', data: '{"a":\n1}', id: '7' },
    { type: 'message', data: 'x', id: '7' },
  ];

  it('reads events, however they are cut', () => {
    for (let size = 1; size <= text.length; size++) {
      const parser = new SseParser();
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      expect([size, pieces.flatMap((piece) => parser.read(piece))]).toEqual([size, events]);
    }
  });

  it('holds an event back until it is complete', () => {
    const parser = new SseParser();
    expect(parser.read('data: 1\n')).toEqual([]);
    expect(parser.read('\n')).toEqual([{ type: 'message', data: '1', id: undefined }]);
  });

  it('goes on from the last event that is complete, also from a heartbeat without data', () => {
    const parser = new SseParser();
    parser.read('id: 1\ndata: a\n\n: heartbeat\nid: 2\n\nid: 3\ndata: b\n');
    expect(parser.lastId).toBe('2');
    parser.read('\n');
    expect(parser.lastId).toBe('3');
  });
});

describe('sessions', () => {
  const body = { _id: '1', type: 'read', name: 'TV', bucketId: 'b', bucketName: 'Home', organizationId: 'o' } as const;

  it('know their bucket, with or without its details', () => {
    expect(sessionOf('k', body, 'screen').bucket).toEqual({
      _id: 'b',
      name: 'Home',
      retentionDays: null,
      status: 'active',
    });
    const bucket = { _id: 'b', name: 'Home', retentionDays: 7, status: 'archived' };
    expect(sessionOf('k', { ...body, bucket }, 'session').bucket).toEqual(bucket);
    expect(sessionOf('k', { _id: '1', type: 'admin', name: 'A', organizationId: 'o' }, 'session').bucket).toBeNull();
  });

  it('survive storage, and nothing else does', () => {
    const session = sessionOf('k', body, 'screen');
    expect(readSession(JSON.parse(JSON.stringify(session)))).toEqual(session);
    for (const other of [null, 'k', {}, { ...session, type: 'root' }, { ...session, key: undefined }])
      expect(readSession(other)).toBeUndefined();
  });

  it('may do what their keys may', () => {
    const of = (type: 'admin' | 'write' | 'read', writeOnly = false) =>
      (['any', 'read', 'write', 'admin'] as const).filter((need) => may({ type, writeOnly }, need));
    expect(of('admin')).toEqual(['any', 'read', 'write', 'admin']);
    expect(of('write')).toEqual(['any', 'read', 'write']);
    expect(of('write', true)).toEqual(['any', 'write']);
    expect(of('read')).toEqual(['any', 'read']);
  });

  it('begin where there is something for them', () => {
    expect(homePathOf({ bucket: null, writeOnly: false })).toBe('/overview');
    expect(homePathOf(sessionOf('k', body, 'session'))).toBe('/buckets/b');
  });

  it.each([
    ['dakkio_a_x', 'admin'],
    [' dakkio_r_x ', 'read'],
    ['dakkio_w_', 'write'],
    ['dakkio_x_', undefined],
    ['', undefined],
  ])('are of the type that the key %s says', (text, type) => {
    expect(typeOfKeyText(text)).toBe(type);
  });
});

describe('the list of data sources', () => {
  const point = (dataSourceId: string, timestamp: string, t = 1) => ({ dataSourceId, timestamp, values: { t } });

  it('takes newer points, and those of the same time, which were changed', () => {
    const known = [point('a', '2026-01-01T00:00:00.000Z'), point('b', '2026-01-01T00:00:00.000Z')];
    const merged = mergeLatest(known, [
      point('a', '2025-12-31T00:00:00.000Z', 2),
      point('b', '2026-01-01T00:00:00.000Z', 3),
      point('c', '2026-01-02T00:00:00.000Z', 4),
    ]);
    expect(merged.map(({ dataSourceId, values }) => [dataSourceId, values.t])).toEqual([
      ['a', 1],
      ['b', 3],
      ['c', 4],
    ]);
  });

  it('begins with the longest silence, and has the others by name', () => {
    const now = Date.parse('2026-01-02T00:00:00Z');
    const latest = new Map(
      [
        point('a', '2026-01-01T23:59:00.000Z'),
        point('b', '2026-01-01T23:59:30.000Z'),
        point('c', '2026-01-01T12:00:00.000Z'),
      ].map((one) => [one.dataSourceId, one]),
    );
    const sources = ['b', 'a', 'c', 'd'].map((_id) => ({ _id, name: `Sensor ${_id}` }));
    expect(quietFirst(sources, latest, now).map(({ _id }) => _id)).toEqual(['d', 'c', 'a', 'b']);
  });
});

describe('a typed value', () => {
  it.each([
    ['21.5', 21.5],
    [' -3 ', -3],
    ['.5', 0.5],
    ['1e3', 1000],
    ['true', true],
    ['false', false],
    ['1,5', '1,5'],
    ['0x10', '0x10'],
    ['warm', 'warm'],
    ['', ''],
  ])('%j is %j', (typed, value) => expect(valueOf(typed)).toBe(value));
});
