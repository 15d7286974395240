import { timeLeft, timeLeftChangesIn } from '../../console/src/lib/countdown';
import { withoutKeys } from '../../console/src/lib/key-prefix';
import type { Key } from '../../console/src/screens/keys/key-types';
import { keyPath, keysPath } from '../../console/src/screens/keys/key-paths';
import { keyTableOf, lineProblemsOf } from '../../console/src/screens/keys/key-csv';
import { keyFileName } from '../../console/src/screens/keys/key-file-name';
import {
  changesOf,
  EMPTY_FORM,
  formOf,
  metadataProblem,
  newKeyBodyOf,
  type KeyForm,
} from '../../console/src/screens/keys/key-form';
import { isFiltered, keyListFilterOf, sortTextOf, tableSortOf } from '../../console/src/screens/keys/key-list-filter';
import { keyStateOf, rateInWords, restrictionsOf } from '../../console/src/screens/keys/key-state';
import { usageBars, usageInWords } from '../../console/src/screens/keys/usage-bars';
import { shareLink } from '../../console/src/screens/share/share-link';

const NOW = Date.parse('2026-11-28T12:00:00.000Z');
const HOUR = 3_600_000;
const KEY: Key = {
  _id: '1',
  name: 'Sensor',
  type: 'write',
  bucketId: '2',
  keyPrefix: 'dakkio_w_abcd...',
  createdAt: '2026-11-01T00:00:00.000Z',
  lastUsedAt: '2026-11-28T11:00:00.000Z',
};
const inHours = (hours: number) => new Date(NOW + hours * HOUR).toISOString();

describe('a countdown', () => {
  it.each([
    [0, undefined],
    [-1, undefined],
    [1, '1 s'],
    [59_999, '1 min'],
    [3 * HOUR + 300_000, '3 h 5 min'],
    [50 * HOUR, '2 d 2 h'],
  ])('of %i ms says %s', (left, expected) => {
    expect(timeLeft(NOW + left, NOW)?.replaceAll('\u202f', ' ')).toBe(expected);
  });

  it.each([
    [0, undefined],
    [1500, 500],
    [2000, 1000],
    [HOUR + 90_000, 30_000],
    [2 * HOUR, 60_000],
  ])('of %i ms says something else after %s', (left, expected) => {
    expect(timeLeftChangesIn(NOW + left, NOW)).toBe(expected);
  });
});

describe('the state of a key', () => {
  it.each([
    ['plain', {}],
    ['plain', { expiresAt: inHours(24 * 8) }],
    ['expiring', { expiresAt: inHours(3), lastUsedAt: null }],
    ['unused', { lastUsedAt: null }],
    ['replaced', { expiresAt: inHours(3), replacedBy: '3' }],
    ['rotated', { expiresAt: inHours(0), replacedBy: '3', enabled: false }],
    ['expired', { expiresAt: inHours(-1), enabled: false }],
    ['disabled', { enabled: false, expiresAt: inHours(3), replacedBy: '3' }],
  ])('is %s for %j', (state, more) => {
    expect(keyStateOf({ ...KEY, ...more }, NOW)).toBe(state);
  });

  it('lists restrictions, those that take away most first', () => {
    const all = {
      ...{
        ...KEY,
        writeOnly: true,
        dataSourceId: '3',
        allowedIps: ['::1', '10.0.0.0/8'],
        selfRotation: false as const,
      },
      ...{ rateLimit: { limit: 60, windowSeconds: 60 }, quota: { limit: 10_000, per: 'day' as const } },
    };
    expect(restrictionsOf(all)).toEqual([
      ...['write only', 'one data source', 'from 2 addresses', '60 a minute', '10,000 a day', 'cannot rotate itself'],
    ]);
    expect(restrictionsOf({ ...KEY, allowedIps: ['::1'] })).toEqual(['from ::1']);
    expect(restrictionsOf(KEY)).toEqual([]);
    expect(rateInWords({ limit: 5, windowSeconds: 10 })).toBe('5 in 10\u202fs');
  });
});

describe('bars of usage', () => {
  const area = { width: 20, height: 10, gap: 2 };
  const day = (requests: number, refusals: number) => ({ day: '2026-11-28', requests, refusals });

  it('are as high as the area where there is most, and keep what is small visible', () => {
    expect(usageBars([day(1000, 0), day(500, 1)], area)).toEqual([
      { x: 0, width: 9, accepted: 10, refused: 0 },
      { x: 11, width: 9, accepted: 5, refused: 1 },
    ]);
    expect(usageBars([day(1, 1_000_000)], area)).toEqual([{ x: 0, width: 20, accepted: 1, refused: 9 }]);
    expect(usageBars([day(0, 0)], area)).toEqual([{ x: 0, width: 20, accepted: 0, refused: 0 }]);
  });

  it.each([
    [1, 0, '1 request'],
    [1536, 3, '1,536 requests, 3 refused'],
  ])('of %i and %i say %s', (requests, refusals, expected) => {
    expect(usageInWords({ requests, refusals })).toBe(expected);
  });
});

describe('the form of a key', () => {
  const filled: KeyForm = {
    ...{ ...EMPTY_FORM, name: 'Sensor', bucketId: '2', expires: '1', writeOnly: true, dataSourceId: '3', quota: '9' },
    ...{ addresses: '10.0.0.0/8, ::1\n192.168.1.2', rateLimit: '5', rateSeconds: '10', metadata: 'room = a=b\n\n' },
    ...{ quotaPer: 'month', selfRotation: false, enabled: false },
  };
  const bounds = {
    expiresAt: '2026-11-29T12:00:00.000Z',
    allowedIps: ['10.0.0.0/8', '::1', '192.168.1.2'],
    rateLimit: { limit: 5, windowSeconds: 10 },
    quota: { limit: 9, per: 'month' },
    metadata: { room: 'a=b' },
  };

  it('makes the body of a new key', () => {
    const more = { ...bounds, selfRotation: false, enabled: false };
    const write = { name: 'Sensor', type: 'write', ...more, dataSourceId: '3', writeOnly: true };
    expect(newKeyBodyOf(filled, NOW)).toEqual(write);
    expect(newKeyBodyOf({ ...filled, type: 'admin' }, NOW)).toEqual({ name: 'Sensor', type: 'admin', ...more });
    expect(newKeyBodyOf({ ...EMPTY_FORM, name: 'TV', type: 'read' }, NOW)).toEqual({ name: 'TV', type: 'read' });
  });

  it('sends a time that is none as it was typed, so that the server refuses it', () => {
    expect(newKeyBodyOf({ ...EMPTY_FORM, expires: 'on', expiresOn: 'soon' }, NOW)).toMatchObject({ expiresAt: 'soon' });
  });

  it('changes what was touched alone', () => {
    const key: Key = {
      ...KEY,
      ...{ expiresAt: '2026-12-01T10:20:30.456Z', allowedIps: ['::1'], quota: { limit: 3, per: 'day' } },
      metadata: { room: 'shed' },
    };
    const form = formOf(key);
    expect(changesOf(form, key, NOW)).toEqual({});
    expect(changesOf({ ...form, quotaPer: 'month' }, key, NOW)).toEqual({ quota: { limit: 3, per: 'month' } });
    expect(changesOf({ ...form, addresses: ' ', metadata: '', expires: '', quota: '', name: 'New' }, key, NOW)).toEqual(
      {
        ...{ name: 'New', allowedIps: null, metadata: null, expiresAt: null, quota: null },
      },
    );
    const untouched = changesOf({ ...form, expiresOn: form.expiresOn.slice(0, -2) + '31' }, key, NOW);
    expect(untouched).toEqual({ expiresAt: '2026-12-01T10:20:31.000Z' });
  });

  it('finds a line of metadata that has no name', () => {
    expect(metadataProblem('a=1\n\nb=')).toBeUndefined();
    expect(metadataProblem('a=1\nroom')).toContain('“room”');
    expect(metadataProblem('=1')).toContain('“=1”');
  });
});

describe('the address of the list', () => {
  it('chooses keys, and leaves out what it does not know', () => {
    const values = new URLSearchParams('q=a&type=read&bucket=2&state=replaced&unused=1&sessions=1&sort=-lastUsedAt');
    expect(keyListFilterOf(values)).toEqual({
      ...{ q: 'a', type: 'read', bucketId: '2', state: 'replaced', unusedForDays: 30, include: 'sessions' },
      sort: '-lastUsedAt',
    });
    const none = keyListFilterOf(new URLSearchParams('type=x&state=y&sort=z'));
    expect(none).toEqual({ type: 'all', sort: 'desc' });
    expect([isFiltered(none), isFiltered({ ...none, bucketId: '2' })]).toEqual([false, true]);
  });

  it.each([
    ['desc', 'createdAt', 'desc'],
    ['asc', 'createdAt', 'asc'],
    ['name', 'name', 'asc'],
    ['-lastUsedAt', 'lastUsedAt', 'desc'],
  ] as const)('sorts by %s', (sort, column, direction) => {
    expect(tableSortOf({ type: 'all', sort })).toEqual({ column, direction });
    expect(sortTextOf({ column, direction })).toBe(sort);
  });

  it('has no key in it', () => {
    expect(withoutKeys('dakkio_w_abc123def456ghi789jkl012mno345pqr678')).toBe('dakkio_w_abc1');
    expect(withoutKeys('dakkio_w_abc1')).toBe('dakkio_w_abc1');
  });

  it('of a key is that of its bucket', () => {
    expect([keyPath(KEY), keyPath({ ...KEY, bucketId: null })]).toEqual(['/keys/2/1', '/keys/1']);
    expect([keysPath(), keysPath('2')]).toEqual(['/keys', '/keys?bucket=2']);
  });
});

describe('a table of new keys', () => {
  it('is read as the server reads it', () => {
    const text = '\uFEFFsep=;\nname;type;allowedIps\r\n"One; two";write;::1\r\n;;\r\nThree;read;\r\n';
    expect(keyTableOf(text)).toEqual({
      columns: ['name', 'type', 'allowedIps'],
      rows: [
        { line: 3, cells: ['One; two', 'write', '::1'] },
        { line: 5, cells: ['Three', 'read', ''] },
      ],
      problems: [],
    });
    expect(keyTableOf('')).toEqual({ columns: [], rows: [], problems: [] });
  });

  it('has its problems by line', () => {
    expect(keyTableOf('name,typ\nOne,write\n').problems).toEqual([{ line: 1, text: 'There is no column “type”' }]);
    expect(keyTableOf('name,type\n,write\nTwo,admin\nThree\n"Four').problems).toEqual([
      { line: 5, text: expect.stringContaining('never closed') },
      { line: 2, text: 'The name is empty' },
      { line: 3, text: 'The type is “admin” and must be write or read' },
      { line: 4, text: 'It has 1 cells, and the first line 2' },
      { line: 4, text: expect.stringContaining('The type is “”') },
    ]);
    const many = `name,type\n${'A,read\n'.repeat(502)}`;
    expect(keyTableOf(many).problems).toEqual([{ line: 502, text: 'At most 500 keys can be created at once' }]);
  });

  it('shows what the server says at the line', () => {
    const rows = [
      { line: 2, cells: [] },
      { line: 5, cells: [] },
    ];
    const details = [
      { path: ['body', 'keys', 1, 'allowedIps'], message: 'wrong' },
      { path: ['body'], message: 'of no line' },
      { path: ['body', 'keys', 7], message: 'of a line that is not there' },
    ];
    expect(lineProblemsOf(details, rows)).toEqual([{ line: 5, text: 'wrong' }]);
  });
});

it.each([
  ['Living room', 'Living-room.txt'],
  ['../Küche: a/b', 'Küche-a-b.txt'],
  ['…', 'key.txt'],
])('the file of the key %s is %s', (name, file) => {
  expect(keyFileName({ name })).toBe(file);
});

it('a link to share has the key in its fragment', () => {
  const place = { path: '/buckets/1', search: 'range=6h&k=old' };
  expect(shareLink('http://host/dakkio', place, 'dakkio_r_x')).toBe(
    'http://host/dakkio/#/buckets/1?range=6h&k=dakkio_r_x',
  );
});
