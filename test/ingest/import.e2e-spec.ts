// npm test leaves this out: whole files, repeated. import-reading and import-resume read files too.
// test:all leaves PostgreSQL out: what is read and refused is the same on each database.
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ImportTests, POINTS, type ImportScene } from '../support/import-scene';
import { ABSENT_ID } from '../support/refusals';
import type { Ended } from '../support/process';

const tests = new ImportTests({ temperature: { type: 'number', required: true }, door: 'boolean', note: 'string' });
const call: ImportTests['call'] = (...request) => tests.call(...request);
const file: ImportScene['file'] = (name, content) => tests.current.file(name, content);
const start: ImportTests['start'] = (path, ...options) => tests.start(path, ...options);
const importFile = (path: string, ...options: string[]): Promise<Ended> => start(path, ...options).ended;
const stored = async (): Promise<object[]> =>
  (await tests.current.stored()).map(({ timestamp, values, metadata }) => ({ timestamp, values, metadata }));

describe('npm run import', () => {
  it.each([
    [
      'points.csv',
      'timestamp,temperature,door,note,metadata.device\n2024-01-15T01:00:00+01:00,21.5,true,"a, ""b""",x\n1705276860000,-3,,,\n',
    ],
    ['points.ndjson', POINTS.map((point) => `${JSON.stringify(point)}\n`).join('')],
    ['points.jsonl', `\uFEFF${POINTS.map((point) => JSON.stringify(point)).join('\r\n\r\n')}`],
  ])('imports %s, also compressed, and stores nothing twice', async (name, content) => {
    const done = { outcome: 'done', records: 2, updated: 0, rejected: 0, problems: [] };
    expect(await tests.imported(name, content)).toMatchObject({ ...done, inserted: 2, duplicates: 0 });
    expect(await stored()).toEqual(POINTS);
    const again = await tests.imported(`${name}.gz`, gzipSync(content));
    expect(again).toMatchObject({ ...done, inserted: 0, duplicates: 2 });
  });

  it('imports a file as a command, and says what became of its points', async () => {
    const path = file('points.ndjson', POINTS.map((point) => `${JSON.stringify(point)}\n`).join(''));
    const first = await importFile(path);
    expect([first.code, first.stdout]).toEqual([0, '2 inserted, 0 updated, 0 duplicates, 0 rejected\n']);
    const again = await importFile(path);
    expect([again.code, again.stdout]).toEqual([0, '0 inserted, 0 updated, 2 duplicates, 0 rejected\n']);
  });

  it('imports responses of the server, as CSV and as NDJSON', async () => {
    await tests.imported('points.ndjson', POINTS.map((point) => `${JSON.stringify(point)}\n`).join(''));
    const { bucketId, sourceId } = tests.ids;
    const asked = { bucketId, filters: { dataSourceId: sourceId }, downsampling: false, include: ['names'] };
    const csv = (await call('POST', '/api/data/query', asked, { Accept: 'text/csv' })).body as string;
    const rows = (await call('POST', '/api/data/query', asked)).body.data as object[];
    await call('DELETE', '/api/data', { bucketId, startTime: '2000-01-01T00:00:00Z', endTime: '2100-01-01T00:00:00Z' });
    expect(await tests.imported('answer.csv', csv)).toMatchObject({ inserted: 2 });
    expect(await stored()).toEqual(POINTS);
    const lines = rows.map((row) => JSON.stringify(row)).join('\n');
    expect(await tests.imported('answer.ndjson', lines)).toMatchObject({ inserted: 0, updated: 0, duplicates: 2 });
  });

  it('rejects points older than the retention, with their line', async () => {
    await call('PATCH', `/api/buckets/${tests.ids.bucketId}`, { retentionDays: 90 });
    const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString();
    const rows = [day(100), day(80), day(91)].map((time) => `${time},1\n`).join('');
    const { code, stdout, stderr } = await importFile(file('old.csv', `timestamp,temperature\n${rows}`), '--skip-bad');
    expect([code, stdout]).toEqual([1, expect.stringContaining('1 inserted, 0 updated, 0 duplicates, 2 rejected')]);
    for (const line of [2, 4])
      expect(stderr).toContain(`Line ${line}: timestamp is older than the bucket's retention of 90 days`);
    expect(await stored()).toHaveLength(1);
  });

  it('reads the time from the column of --time, and writes an audit event', async () => {
    const path = file('points.csv', 'when,temperature\n2024-01-15T00:00:00Z,1\n');
    expect((await importFile(path, '--time', 'when')).code).toBe(0);
    expect(await stored()).toHaveLength(1);
    const { body } = await call('GET', `/api/audit?action=data.imported&bucketId=${tests.ids.bucketId}`);
    expect(body.auditEvents).toMatchObject([
      {
        actor: { type: 'command line', user: userInfo().username },
        target: { type: 'data source', _id: tests.ids.sourceId, name: 'Climate' },
        details: { file: path, inserted: 1, updated: 0, duplicates: 0, rejected: 0, outcome: 'done' },
      },
    ]);
  });

  const BAD =
    'timestamp,temperature,door\n1705276800000,1,\n1705276801000,warm,\n1705276802000,,true\n,1,\n1,2\nyesterday,3,\n1705276803000,4,false\n';

  it('stops at the first invalid record, and reports the others of the batch', async () => {
    const { code, stdout, stderr } = await importFile(file('bad.csv', BAD));
    expect([code, stdout]).toEqual([1, '1 inserted, 0 updated, 0 duplicates, 0 rejected\n']);
    expect(await stored()).toHaveLength(1);
    expect(stderr.split('\n').filter((line) => line.startsWith('Line'))).toEqual([
      'Line 3: temperature must be a number',
      'Line 4: temperature is required',
      'Line 5: It has no time',
      'Line 6: It has 2 cells, and the first line names 3 columns',
      'Line 7: timestamp must be an RFC 3339 time with an offset, or milliseconds since 1970',
    ]);
    expect(stderr).toMatch(/--skip-bad/);
  });

  it('skips invalid records with --skip-bad', async () => {
    const { code, stdout } = await importFile(file('bad.csv', BAD), '--skip-bad');
    expect([code, stdout]).toEqual([1, '2 inserted, 0 updated, 0 duplicates, 5 rejected\n']);
    expect(await stored()).toHaveLength(2);
    const json =
      '{"timestamp":1,"values":{"temperature":1}}\nnonsense\n[]\n{"timestamp":2,"values":{"temperature":1,"humidity":1}}\n';
    expect(await tests.imported('bad.ndjson', json, { skipsBad: true })).toMatchObject({
      ...{ inserted: 1, updated: 0, duplicates: 0, rejected: 3 },
      problems: ['2: It is not valid JSON', '3: It must be a JSON object', '4: The data source has no field humidity'],
    });
  });

  it.each([
    ['points.csv', 'temperature\n1\n', /names no column timestamp/],
    ['points.csv', 'timestamp,humidity\n1,1\n', /The data source has no field humidity/],
    ['points.csv', 'timestamp,temperature,temperature\n1,1,1\n', /names temperature twice/],
    ['points.csv', '', /The file is empty/],
    ['points.xlsx', '', /must end in .csv, .ndjson or .jsonl/],
  ])('rejects %s with the content %j', async (name, content, said) => {
    await expect(tests.imported(name, content)).rejects.toThrow(said);
    expect(await stored()).toEqual([]);
  });

  it('rejects a quote that is never closed', async () => {
    const run = await tests.imported('points.csv', 'timestamp,temperature\n1,"1\n');
    const problems = ['2: It is not CSV: a quote that begins here is never closed'];
    expect(run).toMatchObject({ outcome: 'refused', problems });
    expect(await stored()).toEqual([]);
  });

  it('rejects a line of more than 16 MB, and continues after it with --skip-bad', async () => {
    const good = (at: number) => `{"timestamp":${at},"values":{"temperature":1}}\n`;
    const long = `{"timestamp":2,"values":{"note":"${'x'.repeat(16 * 1024 * 1024)}"}}\n`;
    const path = file('long.ndjson.gz', gzipSync(good(1) + long + good(3)));
    const refused = await importFile(path);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/Line 2: It is longer than 16777216 bytes/),
    ]);
    expect((await importFile(path, '--skip-bad')).stdout).toBe('2 inserted, 0 updated, 0 duplicates, 1 rejected\n');
    expect(await stored()).toHaveLength(2);
    const row = gzipSync(`timestamp,temperature,note\n1,1,a\n2,2,"${'x'.repeat(17_000_000)}"\n`);
    expect(await tests.imported('long.csv.gz', row)).toMatchObject({
      ...{ outcome: 'refused', problems: ['3: It is longer than 1048576 bytes'] },
    });
  });

  it('rejects a compressed line of 600 MB in bounded memory', async () => {
    const piece = gzipSync(Buffer.alloc(50_000_000, 'x'), { level: 9 });
    const path = file('bomb.ndjson.gz', Buffer.concat(new Array<Buffer>(12).fill(piece)));
    const { code, stderr } = await importFile(path);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/Line 1: It is longer than 16777216 bytes/)]);
  });

  it.each([
    [
      'names that reach into prototypes',
      '{"timestamp":1,"values":{"temperature":1},"metadata":{"__proto__":"x"}}',
      'Unknown property: __proto__',
    ],
    ['them in values', '{"timestamp":1,"values":{"temperature":1,"constructor":2}}', 'Unknown property: constructor'],
    ['them outside', '{"timestamp":1,"values":{"temperature":1},"prototype":2}', 'Unknown property: prototype'],
    [
      'what is nested deeply',
      `{"timestamp":1,"values":{"note":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
      'It is nested too deeply. At most 32 levels are allowed',
    ],
    [
      'too many values',
      `{"timestamp":1,"values":{"note":{"a":[${'1,'.repeat(10_000)}1]}}}`,
      'It has too many values. At most 10000 are allowed',
    ],
    [
      'half of a character',
      Buffer.from([0x7b, 0xc3, 0x7d]),
      'It is not valid UTF-8. If the file is Latin-1 or Windows-1252, add --encoding latin1',
    ],
  ])('rejects %s in NDJSON', async (_what, line, said) => {
    expect(await tests.imported('bad.ndjson', line)).toMatchObject({ outcome: 'refused', problems: [`1: ${said}`] });
    expect(await stored()).toEqual([]);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('rejects metadata with the name %s in CSV', async (name) => {
    const column = tests.imported('a.csv', `timestamp,temperature,metadata.${name}\n1,1,x\n`);
    await expect(column).rejects.toThrow(`metadata.${name}`);
    const cell = await tests.imported('b.csv', `timestamp,temperature,metadata\n1,1,"{""${name}"":1}"\n`);
    expect(cell).toMatchObject({ outcome: 'refused', problems: [`2: Unknown property: ${name}`] });
    expect(await stored()).toEqual([]);
  });

  it('escapes control characters of a file in its output', async () => {
    const line = '{"timestamp":1,"values":{"temperature":1,"\\u001b[2J\u009b\u202e":1}}\n';
    const { stderr } = await importFile(file('bad.ndjson', line));
    expect(stderr).toContain('Line 1: The data source has no field \\u{1b}[2J\\u{9b}\\u{202e}\n');
    const header = await importFile(file('bad.csv', 'timestamp,\u001b[2J\n1,1\n'));
    expect([header.code, header.stderr]).toEqual([1, expect.stringContaining('no field \\u{1b}[2J\n')]);
  });

  it('rejects missing files, and unknown sources and options', async () => {
    expect((await importFile(join(tests.current.folder, 'none.csv'))).stderr).toMatch(/no such file/);
    const path = file('points.csv', 'timestamp,temperature\n1,1\n');
    const { bucketId, sourceId } = tests.ids;
    const cli = (...args: string[]) => tests.command(...args).ended;
    expect((await cli(path, '--bucket', bucketId, '--source', ABSENT_ID)).stderr).toMatch(/no such data source/);
    expect((await cli(path, '--bucket', 'here')).code).toBe(2);
    expect((await cli('--bucket', bucketId, '--source', sourceId)).code).toBe(2);
  });
});
