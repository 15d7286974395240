import { homePathOf, may, mayCreateSources, mayImport } from '../../console/src/session/rights';
import { readSession, sessionOf, typeOfKeyText } from '../../console/src/session/session';

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

  it('know the key that they were opened with', () => {
    expect(sessionOf('k', { ...body, sessionOf: '7' }, 'session').openedBy).toBe('7');
    expect(sessionOf('k', body, 'screen').openedBy).toBe('1');
  });

  it('survive storage, and nothing else does', () => {
    const session = sessionOf('k', body, 'screen');
    expect(readSession(JSON.parse(JSON.stringify(session)))).toEqual(session);
    for (const other of [null, 'k', {}, { ...session, type: 'root' }, { ...session, key: undefined }])
      expect(readSession(other)).toBeUndefined();
  });

  it('may do what their keys may', () => {
    const of = (type: 'admin' | 'write' | 'read', writeOnly = false) =>
      (['any', 'read', 'write', 'change', 'admin'] as const).filter((need) => may({ type, writeOnly }, need));
    expect(of('admin')).toEqual(['any', 'read', 'write', 'change', 'admin']);
    expect(of('write')).toEqual(['any', 'read', 'write', 'change']);
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

describe('who may', () => {
  const session = (type: 'admin' | 'write' | 'read', writeOnly = false, dataSourceId: string | null = null) => ({
    ...{ type, writeOnly, dataSourceId },
  });

  it.each([
    [session('admin'), true, true],
    [session('write'), true, true],
    [session('write', true), false, true],
    [session('write', false, '1'), false, false],
    [session('read'), false, false],
  ])('import files and create data sources: %j', (who, imports, creates) => {
    expect([mayImport(who), mayCreateSources(who)]).toEqual([imports, creates]);
  });
});
