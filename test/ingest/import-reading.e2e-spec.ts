// test:all leaves PostgreSQL out: what is read and refused is the same on each database.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { ImportTests } from '../support/import-scene';

const SECONDS = 1_705_276_800;
const AT = '2024-01-15T00:00:00.000Z';
const NOT_UTF8 = 'It is not valid UTF-8. If the file is Latin-1 or Windows-1252, add --encoding latin1';

const tests = new ImportTests({ temperature: 'number', door: 'boolean', note: 'string' });
const call: ImportTests['call'] = (...request) => tests.call(...request);
const imported: ImportTests['imported'] = (...file) => tests.imported(...file);
const stored = () => tests.current.stored();
const temperatures = async () => (await stored()).map(({ values }) => values.temperature as number);
const times = async () => (await stored()).map(({ timestamp }) => timestamp as string);

describe('an invalid record', () => {
  const rows = (count: number, bad: number) =>
    Array.from({ length: count }, (_, index) => `${SECONDS + index},${index === bad ? 'warm' : index}\n`).join('');

  it.each([0, 1, 300, 599, 1000, 1500])(
    'stops the import before it, with the counts of what is stored: %p',
    async (bad) => {
      const csv = `timestamp,temperature\n${rows(2000, bad)}`;
      const stop = await imported('a.csv', csv);
      expect(stop).toMatchObject({ outcome: 'refused', inserted: bad, records: bad, rejected: 0 });
      expect(stop.problems).toEqual([`${bad + 2}: temperature must be a number`]);
      expect(await temperatures()).toEqual(Array.from({ length: bad }, (_, index) => index));
      // A second run stops at the same record, and continues after it with skipsBad.
      const again = await imported('a.csv', csv);
      expect(again.problems).toEqual(stop.problems);
      expect((await stored()).length).toBe(bad);
      expect(await imported('a.csv', csv, { skipsBad: true })).toMatchObject({
        ...{ outcome: 'done', records: 2000, rejected: 1, problems: stop.problems },
      });
      expect((await stored()).length).toBe(1999);
    },
  );

  it('is printed by the command, with the counts of stored points', async () => {
    const path = join(tests.current.folder, 'a.csv');
    writeFileSync(path, `timestamp,temperature\n${rows(600, 500)}`);
    const { code, stdout, stderr } = await tests.start(path).ended;
    expect([code, stdout]).toEqual([1, '500 inserted, 0 updated, 0 duplicates, 0 rejected\n']);
    expect(stderr).toContain('Line 502: temperature must be a number\nStopped after 500 records. Fix the file');
    const { body } = await call('GET', `/api/audit?action=data.imported&bucketId=${tests.ids.bucketId}`);
    expect(body.auditEvents).toMatchObject([{ details: { inserted: 500, outcome: 'refused' } }]);
  });

  it('is reported each time it is skipped, without a limit', async () => {
    const csv = `timestamp,temperature\n${Array.from({ length: 50 }, () => 'x,1\n').join('')}${rows(2, -1)}`;
    const { problems, ...counts } = await imported('a.csv', csv, { skipsBad: true });
    expect(counts).toMatchObject({ outcome: 'done', inserted: 2, rejected: 50 });
    expect(problems).toHaveLength(50);
  });

  it('has the right line number after empty lines and multi-line cells', async () => {
    const csv = `timestamp,note,temperature\r\n\r\n${SECONDS},"a\r\n""b"",\n",1\r\n\r\n${SECONDS + 1},c,x\r\n`;
    const { problems } = await imported('a.csv', csv);
    expect(problems).toEqual(['7: temperature must be a number']);
    expect((await stored())[0]?.values).toEqual({ note: 'a\r\n"b",\n', temperature: 1 });
  });

  it.each([
    [
      'a stray quote',
      `${SECONDS + 1},5" pipe,1`,
      '3: It is not CSV: a quote stands within a cell that does not begin with one',
    ],
    ['text after a closing quote', `${SECONDS + 1},"a"b,1`, '3: It is not CSV: text follows a closing quote'],
    ['too many cells', `${SECONDS + 1},a,1,2`, '3: It has 4 cells, and the first line names 3 columns'],
    [
      'a quote that is never closed',
      `${SECONDS + 1},"a,1`,
      '3: It is not CSV: a quote that begins here is never closed',
    ],
    ['an incomplete character', Buffer.from([0x31, 0x2c, 0xe4, 0x2c, 0x31]), `3: ${NOT_UTF8}`],
  ])('of a CSV is only its own line: %s', async (_what, line, problem) => {
    const before = Buffer.from(`timestamp,note,temperature\n${SECONDS},a,1\n`);
    const csv = Buffer.concat([before, Buffer.from(line as string), Buffer.from(`\n${SECONDS + 2},c,3\n`)]);
    const stop = await imported('a.csv', csv);
    expect([stop.problems[0], stop.inserted]).toEqual([problem, 1]);
    const skip = await imported('b.csv', csv, { skipsBad: true });
    expect([skip.problems, skip.inserted, skip.duplicates]).toEqual([[problem], 1, 1]);
    expect(await temperatures()).toEqual([1, 3]);
  });

  it('is the end of a truncated gzip file', async () => {
    const whole = gzipSync(`timestamp,temperature\n${rows(5000, -1)}`);
    const part = whole.subarray(0, whole.length - 2000);
    const records = gunzipSync(part, { finishFlush: constants.Z_SYNC_FLUSH }).toString().split('\n').length - 2;
    for (const skipsBad of [false, true]) {
      const cut = await imported('a.csv.gz', part, { skipsBad });
      expect(cut).toMatchObject({ outcome: 'refused', rejected: 0, records });
      expect(cut.problems).toEqual([
        expect.stringMatching(/: The file cannot be read any further: unexpected end of file$/),
      ]);
      expect((await stored()).length).toBe(records);
    }
    expect(await imported('a.csv.gz', whole)).toMatchObject({ outcome: 'done', records: 5000 });
    expect((await stored()).length).toBe(5000);
  });
});

it('reports a file that is not valid gzip', async () => {
  expect(await imported('a.csv.gz', 'timestamp,temperature\n1,1\n')).toMatchObject({
    ...{ outcome: 'refused', records: 0 },
    problems: ['1: The file cannot be read any further: incorrect header check'],
  });
});

describe('numeric times', () => {
  it.each([
    ['seconds', [SECONDS, SECONDS + 1], [AT, '2024-01-15T00:00:01.000Z']],
    ['seconds', [`${SECONDS}.5`, SECONDS + 1], ['2024-01-15T00:00:00.500Z', '2024-01-15T00:00:01.000Z']],
    ['milliseconds', [`${SECONDS}000`], [AT]],
    ['microseconds', [`${SECONDS}000999`], [AT]],
    ['nanoseconds', [`${SECONDS}123999999`], ['2024-01-15T00:00:00.123Z']],
  ])('are detected as %s, with a note: %p', async (unit, sent, shown) => {
    const note = `Times are read as ${unit} since 1970, as the first records suggest. --precision sets another unit.`;
    const csv = await imported('a.csv', `timestamp,temperature\n${sent.map((time) => `${time},1\n`).join('')}`);
    expect([csv.problems, csv.notes]).toEqual([[], [note]]);
    expect(await times()).toEqual(shown);
    const json = sent.map((time) => `{"timestamp":${time},"values":{"temperature":1}}`).join('\n');
    expect(await imported('a.ndjson', json)).toMatchObject({ inserted: 0, duplicates: sent.length, notes: [note] });
  });

  it('with another unit than the first ones are invalid records', async () => {
    const seconds = `timestamp,temperature\n${SECONDS},1\n${SECONDS + 1},1\n${SECONDS}000,2\n`;
    expect((await imported('a.csv', seconds)).problems).toEqual(['4: timestamp must not be more than 24 hours ahead']);
    const millis = `timestamp,temperature\n${SECONDS}000,1\n${SECONDS}001,1\n${SECONDS},2\n`;
    expect((await imported('b.csv', millis)).problems).toEqual([
      '4: The time is too small for milliseconds. --precision sets another unit',
    ]);
  });

  it('have the unit of --precision, back to 1970', async () => {
    const { notes, problems } = await imported('a.csv', 'timestamp,temperature\n1000,1\n', { precision: 'ms' });
    expect([notes, problems, await times()]).toEqual([[], [], ['1970-01-01T00:00:01.000Z']]);
    await imported('b.csv', `timestamp,temperature\n${SECONDS}000,1\n${SECONDS},1\n`, {
      precision: 's',
      skipsBad: true,
    });
    expect(await times()).toEqual(['1970-01-01T00:00:01.000Z', AT]);
  });

  it('are not detected if times are text', async () => {
    const { notes } = await imported('a.csv', `timestamp,temperature\n${AT},1\n2024-01-15T00:00:60Z,2\n`);
    expect(notes).toEqual([]);
    expect(await times()).toEqual([AT, '2024-01-15T00:01:00.000Z']);
  });
});
