import { ACTIONS } from '../../src/common/audit-event';
import { csvOf, curlOf } from '../../console/src/screens/audit/audit-export';
import { ACTION_OPTIONS, actionName, filterOf } from '../../console/src/screens/audit/audit-filter';
import { dayInWords, groupByDay, startOfDay } from '../../console/src/screens/audit/days';
import { changesOf, listed } from '../../console/src/screens/audit/details';
import { textOf, type AuditEvent } from '../../console/src/screens/audit/phrase';
import { SENTENCES, sentenceOf, type Names } from '../../console/src/screens/audit/sentences';

const ID = { bucket: 'b'.repeat(24), key: 'c'.repeat(24), target: 'd'.repeat(24) };
const names: Names = {
  bucket: (id) => (id === ID.bucket ? 'Greenhouse' : undefined),
  isBucketGone: (id) => id !== ID.bucket,
  source: (id) => (id === ID.target ? 'Thermometer' : undefined),
  key: (id) => (id === ID.key ? { type: 'admin' } : undefined),
};
const event = (action: AuditEvent['action'], changes: Partial<AuditEvent> = {}): AuditEvent => ({
  _id: 'e'.repeat(24),
  at: '2026-11-28T10:00:00.000Z',
  action,
  actor: { type: 'api key', _id: ID.key, name: 'Main' },
  target: { type: 'api key', _id: ID.target, name: 'Sensor' },
  bucketId: ID.bucket,
  ...changes,
});
const sentence = (action: AuditEvent['action'], changes?: Partial<AuditEvent>) =>
  textOf(sentenceOf(event(action, changes), names));
const bucket = { target: { type: 'bucket', _id: ID.bucket, name: 'Home' } } as const;
const source = { target: { type: 'data source', _id: ID.target, name: 'Door' } } as const;
const rule = { target: { type: 'alert rule', _id: ID.target, name: 'Frost' } } as const;
const operator = {
  actor: { type: 'command line', user: 'root' },
  target: { type: 'audit log' },
  bucketId: undefined,
} as const;
const server = { actor: { type: 'server' }, target: { type: 'audit log' }, bucketId: undefined } as const;

describe('Sentences of audit events', () => {
  it('exist for every action that the server writes, and for no other', () => {
    expect(Object.keys(SENTENCES).sort()).toEqual([...ACTIONS].sort());
  });

  it('name no place while the buckets are being read', () => {
    const unread = { ...names, bucket: () => undefined, isBucketGone: () => false };
    const created = event('dataSource.created', { target: { type: 'data source', _id: ID.target, name: 'Door' } });
    expect(textOf(sentenceOf(created, unread))).toBe('Admin key ‘Main’ created data source ‘Door’');
  });

  it.each(ACTIONS)('say something of %s that names nothing undefined', (action) => {
    for (const changes of [{}, operator, server, { details: {} }, { target: { type: 'api key' } as const }]) {
      const said = sentence(action, changes);
      expect(said).toMatch(/^[A-Z0-9].{15}/);
      expect(said).not.toMatch(/undefined|null|NaN|\[object/);
    }
  });

  it.each<[string, AuditEvent['action'], Partial<AuditEvent>]>([
    ['Admin key ‘Main’ created Write key ‘Sensor’ in ‘Greenhouse’', 'apiKey.created', { details: { type: 'write' } }],
    ['Admin key ‘Main’ deleted Read key ‘Sensor’ in ‘Greenhouse’', 'apiKey.deleted', { details: { type: 'read' } }],
    [
      'Admin key ‘Main’ disabled key ‘Sensor’ in ‘Greenhouse’',
      'apiKey.updated',
      { details: { from: { enabled: true }, to: { enabled: false } } },
    ],
    [
      'Admin key ‘Main’ changed the rate limit and expiry of key ‘Sensor’ in ‘Greenhouse’',
      'apiKey.updated',
      { details: { from: { rateLimit: null, expiresAt: null }, to: { rateLimit: {}, expiresAt: 'x' } } },
    ],
    [
      'Key ‘Sensor’ rotated itself in ‘Greenhouse’',
      'apiKey.rotated',
      { actor: { type: 'api key', _id: ID.target, name: 'Sensor' } },
    ],
    ['Key ‘Sensor’ in ‘Greenhouse’ was retired by the first use of its replacement', 'apiKey.retired', {}],
    [
      'Admin key ‘Main’ renamed bucket ‘Home’ to ‘House’',
      'bucket.updated',
      { ...bucket, details: { from: { name: 'Home' }, to: { name: 'House' } } },
    ],
    [
      'Admin key ‘Main’ archived bucket ‘Home’',
      'bucket.updated',
      { ...bucket, details: { from: { status: 'active' }, to: { status: 'archived' } } },
    ],
    [
      'Admin key ‘Main’ deleted bucket ‘Home’ with 2 data sources, 1,200 points and 1 key',
      'bucket.deleted',
      { ...bucket, details: { dataSources: 2, dataPoints: 1200, apiKeys: 1, alertRules: 0 } },
    ],
    [
      'Admin key ‘Main’ deleted 1 point of data source ‘Thermometer’',
      'data.deleted',
      { target: { type: 'data source', _id: ID.target }, details: { dataPoints: 1 } },
    ],
    [
      'Admin key ‘Main’ created data source ‘Door’ in a deleted bucket',
      'dataSource.created',
      { ...source, bucketId: 'f'.repeat(24) },
    ],
    [
      'Admin key ‘Main’ paused alert rule ‘Frost’ in ‘Greenhouse’',
      'alertRule.updated',
      { ...rule, details: { from: { status: 'active' }, to: { status: 'paused' } } },
    ],
    ['Someone signed in with a sign-in link of key ‘Sensor’', 'session.opened', { details: { byCode: true } }],
    [
      'Key ‘Door’ was refused GET /api/buckets, 3 times more: Only Admin keys can list buckets',
      'access.refused',
      {
        actor: { type: 'api key', _id: 'a'.repeat(24), name: 'Door' },
        target: { type: 'route' },
        details: { method: 'GET', path: '/api/buckets', message: 'Only Admin keys can list buckets', times: 3 },
      },
    ],
    [
      '12 other requests of several kinds were refused',
      'access.refused',
      { ...server, target: { type: 'route' }, details: { more: 12 } },
    ],
    [
      'The operator (root) verified the audit log: 12 rows, nothing wrong',
      'audit.verified',
      { ...operator, details: { rows: 12, findings: 0 } },
    ],
    [
      'The operator (root) imported 5 points into ‘Door’ in ‘Greenhouse’, 2 rejected, then was interrupted',
      'data.imported',
      { ...source, actor: operator.actor, details: { inserted: 5, rejected: 2, outcome: 'interrupted' } },
    ],
    [
      'The server removed 3 rows of the audit log because of their age',
      'audit.cut',
      { ...server, details: { rows: 3 } },
    ],
  ])('%s', (said, action, changes) => expect(sentence(action, changes)).toBe(said));

  it('name an action of a newer server by its code', () => {
    expect(sentence('thing.done' as AuditEvent['action'])).toBe('Admin key ‘Main’: thing.done ‘Sensor’');
  });

  it('lead to what they name, but not to what they say was deleted', () => {
    const things = sentenceOf(event('apiKey.deleted'), names).filter((part) => typeof part !== 'string');
    expect(things).toEqual([
      { kind: 'key', id: ID.key, name: 'Main', bucketId: undefined },
      { kind: 'key', id: ID.target, name: 'Sensor', bucketId: ID.bucket, isGone: true },
      { kind: 'bucket', id: ID.bucket, name: 'Greenhouse', bucketId: ID.bucket },
    ]);
  });
});

describe('The filter of the audit log', () => {
  it('is what the address says, in the API’s words', () => {
    const address = `action=apiKey.created&by=${ID.key}&of=${ID.target}&bucket=${ID.bucket}&from=2026-11-01&to=2026-11-02`;
    expect(filterOf(new URLSearchParams(address))).toEqual({
      ...{ action: 'apiKey.created', actorId: ID.key, targetId: ID.target, bucketId: ID.bucket },
      startTime: new Date(2026, 10, 1).toISOString(),
      // The last day is included.
      endTime: new Date(2026, 10, 3).toISOString(),
    });
  });

  it('leaves out what the API would refuse', () => {
    expect(filterOf(new URLSearchParams('action=x&by=1&of=&bucket=../..&from=yesterday&to=2026-11'))).toEqual({});
  });

  it('offers every action by a name of its own', () => {
    expect(ACTION_OPTIONS.map(({ value }) => value).sort()).toEqual([...ACTIONS].sort());
    expect(new Set(ACTION_OPTIONS.map(({ label }) => label)).size).toBe(ACTIONS.length);
    expect(actionName('apiKey.created')).toBe('Key created');
  });
});

describe('Days of the audit log', () => {
  const at = (text: string) => ({ at: text });

  it('are those of the time zone', () => {
    const events = [at('2026-11-28T23:30:00Z'), at('2026-11-28T12:00:00Z'), at('2026-11-27T12:00:00Z')];
    const sizes = (zone: string) => groupByDay(events, zone).map(({ day, events: some }) => [day, some.length]);
    expect(sizes('UTC')).toEqual([
      ['2026-11-28', 2],
      ['2026-11-27', 1],
    ]);
    expect(sizes('Europe/Berlin')).toEqual([
      ['2026-11-29', 1],
      ['2026-11-28', 1],
      ['2026-11-27', 1],
    ]);
  });

  it.each([
    ['2026-11-28T01:00:00Z', 'Today'],
    ['2026-11-27T23:00:00Z', 'Yesterday'],
    ['2026-11-26T23:00:00Z', 'Thursday 26 November 2026'],
  ])('%s is %s', (time, said) => {
    expect(dayInWords(Date.parse(time), Date.parse('2026-11-28T20:00:00Z'), 'UTC')).toBe(said);
  });

  it('begin at midnight, and only where there is such a day', () => {
    expect(startOfDay('2026-12-31', 1)).toBe(new Date(2027, 0, 1).getTime());
    expect(startOfDay('31.12.2026')).toBeUndefined();
  });
});

describe('The export of the audit log', () => {
  it('has a row for each event, and no cell that a spreadsheet runs', () => {
    const evil = event('apiKey.created', {
      target: { type: 'api key', _id: ID.target, name: '=HYPERLINK("x")' },
      details: { type: 'write' },
      address: '192.168.1.20',
    });
    const [head, row] = csvOf([evil], (one) => sentenceOf(one, names)).split('\r\n');
    expect(head).toBe('time,action,sentence,actor,actorId,target,targetId,bucketId,address,requestId,details');
    expect(row).toBe(
      `2026-11-28T10:00:00.000Z,apiKey.created,"Admin key ‘Main’ created Write key ‘=HYPERLINK(""x"")’ in ‘Greenhouse’",` +
        `Main,${ID.key},"'=HYPERLINK(""x"")",${ID.target},${ID.bucket},192.168.1.20,,"{""type"":""write""}"`,
    );
  });

  it('is a command without the key', () => {
    expect(curlOf('http://dakkio.test:3000', { action: 'apiKey.created' })).toBe(
      `curl 'http://dakkio.test:3000/api/audit?action=apiKey.created&limit=500' \\\n  -H 'X-API-Key: YOUR_API_KEY'\n`,
    );
  });
});

it('describes a change by its fields', () => {
  expect(changesOf({ from: { a: 1 }, to: { a: 2, b: true } })).toEqual([
    { field: 'a', from: 1, to: 2 },
    { field: 'b', from: null, to: true },
  ]);
  expect([listed([]), listed(['a']), listed(['a', 'b', 'c'])]).toEqual(['', 'a', 'a, b and c']);
});
