// test:all leaves PostgreSQL out: what is read and refused is the same on each database.
import { parse } from 'csv-parse/sync';
import { KEY_COLUMNS } from '../../src/api-keys/key-columns';
import { CreateBucketKeyBody } from '../../src/api-keys/create-keys.dto';
import { fieldsOf } from '../../src/common/validation/field-plans';
import { makeBucket, makeSource } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let bucketId: string;
let dataSourceId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
  dataSourceId = await makeSource(server, bucketId);
});
afterAll(() => server.stop());

const send = (body: string, headers: Record<string, string> = {}) =>
  server.call('POST', `/api/buckets/${bucketId}/keys/bulk`, {
    key: server.adminKey,
    body,
    headers: { 'Content-Type': 'text/csv', ...headers },
  });
/** The restrictions of a key as JSON shows them. */
const boundsOf = (apiKey: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(apiKey).filter(([name]) => !['_id', 'key', 'bucketId', 'createdAt'].includes(name)),
  );
const made = async (csv: string) => {
  const { status, body } = await send(csv);
  expect([status, body.message]).toEqual([201, 'API keys created successfully']);
  return (body.apiKeys as Record<string, unknown>[]).map(boundsOf);
};

describe('a CSV body of new keys', () => {
  it('has a column for every field of a key in JSON', () => {
    const fields = fieldsOf(CreateBucketKeyBody).map(({ field }) => field);
    expect(['name', 'type', ...Object.keys(KEY_COLUMNS)].sort()).toEqual([...fields].sort());
  });

  it('restricts keys as JSON does', async () => {
    const head = 'name,type,expiresAt,allowedIps,dataSourceId,rateLimit,writeOnly,metadata,enabled,quota,selfRotation';
    const all =
      `Full,write,2099-01-31T12:00:00+02:00,"10.0.0.0/8, 192.168.1.20",${dataSourceId},600/60,TRUE,` +
      '"{""room"":""kitchen""}",false,10000/day,no';
    expect(await made(`${head}\n${all}\nPlain,read${','.repeat(9)}\n`)).toEqual([
      {
        name: 'Full',
        type: 'write',
        expiresAt: '2099-01-31T10:00:00.000Z',
        allowedIps: ['10.0.0.0/8', '192.168.1.20'],
        dataSourceId,
        rateLimit: { limit: 600, windowSeconds: 60 },
        writeOnly: true,
        metadata: { room: 'kitchen' },
        enabled: false,
        quota: { limit: 10000, per: 'day' },
        selfRotation: false,
      },
      { name: 'Plain', type: 'read' },
    ]);
  });

  it.each([
    ['semicolons', 'name;type;allowedIps\r\nKüche;write;10.0.0.0/8 ::1\r\n', { allowedIps: ['10.0.0.0/8', '::1'] }],
    [
      'semicolons, and commas within',
      'name;type;quota\nKüche;write;"5/month"\n',
      { quota: { limit: 5, per: 'month' } },
    ],
    ['a line that names the delimiter', 'sep=;\nname;type\nKüche;write\n', {}],
    ['the same after a byte order mark', '\uFEFFsep=;\r\nname;type\r\nKüche;write\r\n', {}],
    ['blanks around its names', 'name ; type\nKüche;write\n', {}],
    ['rows of empty cells', 'name;type;enabled\n;;\nKüche;write;\n;;\n', {}],
    ['commas where a name has a semicolon', 'name,type,metadata.a;b\nKüche,write,x\n', { metadata: { 'a;b': 'x' } }],
    [
      'objects as JSON',
      'name,type,rateLimit\nKüche,write,"{""limit"":1,""windowSeconds"":2}"\n',
      { rateLimit: { limit: 1, windowSeconds: 2 } },
    ],
    [
      'a column for each part',
      'name,type,rateLimit.limit,rateLimit.windowSeconds,metadata.room,metadata.fw,quota.limit,quota.per\n' +
        'Küche,write,1,2,north,1.40,7,day\n',
      {
        rateLimit: { limit: 1, windowSeconds: 2 },
        metadata: { room: 'north', fw: '1.40' },
        quota: { limit: 7, per: 'day' },
      },
    ],
  ])('accepts %s', async (_what, csv, bounds) => {
    expect(await made(csv)).toEqual([{ name: 'Küche', type: 'write', ...bounds }]);
  });

  it.each([
    ['enabled', 'perhaps', 'enabled must be true or false', []],
    ['expiresAt', '2001-01-01T00:00:00Z', 'Expiry must be in the future', []],
    ['expiresAt', '31.01.2099', 'expiresAt must be an RFC 3339 time with an offset, such as 2030-01-31T12:00:00Z', []],
    [
      'allowedIps',
      '10.0.0.1 x',
      'allowedIps must hold IP addresses and CIDR ranges such as 192.168.1.20 or 10.0.0.0/8',
      [1],
    ],
    ['rateLimit', '600', 'rateLimit must be an object with limit and windowSeconds', []],
    ['rateLimit', '600/x', 'rateLimit.windowSeconds must be a whole number from 1 to 86400', ['windowSeconds']],
    ['quota', '5/year', "quota.per must be 'day' or 'month'", ['per']],
    ['metadata', '{"room":', 'metadata must be an object whose values are strings', []],
    ['metadata', '{"a":1}', 'metadata values must be strings', ['a']],
    ['metadata', '{"__proto__":"x"}', 'metadata must be an object whose values are strings', []],
    ['metadata', '{"a":'.repeat(6000), 'metadata must be an object whose values are strings', []],
    ['dataSourceId', 'x', 'Invalid data source ID format', []],
    ['writeOnly', 'true', 'writeOnly is only for write keys', []],
  ])('is refused when %s is %.20s', async (column, cell, message, within) => {
    const { status, body } = await send(`name,type,${column}\nGood,read,\nBad,read,"${cell.replaceAll('"', '""')}"\n`);
    expect([status, body]).toEqual([
      400,
      { error: 'Validation Error', message, details: [{ path: ['body', 'keys', 1, column, ...within], message }] },
    ]);
  });

  it('returns the columns that any of its keys uses, and they can be sent back unchanged', async () => {
    const csv =
      'name,type,allowedIps,rateLimit,metadata,enabled\n' +
      'A,write,10.0.0.0/8 ::1,5/60,"{""x"":""1"",""=y"":""2""}",\n=B,read,,,,false\n';
    const { status, body } = await send(csv, { Accept: 'text/csv' });
    expect(status).toBe(201);
    const rows = parse(body as string, { columns: true }) as unknown as Record<string, string>[];
    expect(Object.keys(rows[0] ?? {})).toEqual([
      ...['_id', 'name', 'type', 'key', 'allowedIps', 'rateLimit', 'metadata', 'enabled'],
    ]);
    const [head = '', ...lines] = (body as string).trimEnd().split('\n');
    const without = [head, ...lines].map((line) => {
      const [, name, type, , ...others] = line.split(',');
      return [name, type, ...others].join(',');
    });
    expect(`${without.join('\n')}\n`).toBe(csv);
  });

  it('returns no formulas with ?excel=1', async () => {
    const answer = await server.call('POST', `/api/buckets/${bucketId}/keys/bulk?excel=1`, {
      key: server.adminKey,
      body: 'name,type\n=1+1,write\n',
      headers: { 'Content-Type': 'text/csv', Accept: 'text/csv' },
    });
    expect(parse(answer.body as string, { columns: true })[0]).toMatchObject({ name: "'=1+1", type: 'write' });
  });
});
