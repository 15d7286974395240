import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { fieldProblem, schemaOf } from '../../console/src/screens/bucket/new-fields';
import { mayCreateSources, mayImport } from '../../console/src/session/rights';
import { ApiProblem } from '../../console/src/api/problem';
import { sampleOf } from '../../console/src/csv/sample';
import { badRowsCsv, MAX_LISTED } from '../../console/src/screens/import/bad-rows';
import { addCounts, addSources, Batch, joinedAnswers, refusedRows } from '../../console/src/screens/import/batches';
import {
  fieldsOf,
  mappingProblem,
  nameAndUnit,
  nameProblem,
  type Column,
  type Target,
} from '../../console/src/screens/import/columns';
import {
  fingerprintOf,
  readUnfinished,
  START,
  withUnfinished,
  type ImportSettings,
} from '../../console/src/screens/import/import-place';
import {
  firstMapping,
  outlookOf,
  withTarget,
  withUse,
  type KnownFields,
} from '../../console/src/screens/import/mapping';
import { passes, Patience, waitMillis, type Waiting } from '../../console/src/screens/import/patience';
import { PointReader, type Reading } from '../../console/src/screens/import/point-reader';
import { suggestionFor } from '../../console/src/screens/import/suggestion';

const sampled = (text: string) => sampleOf(new TextEncoder().encode(text), true);
const suggested = (text: string) => suggestionFor(sampled(text));
const usesOf = (columns: readonly Column[]) => Object.fromEntries(columns.map(({ title, use }) => [title, use]));
const NEW: Target = { kind: 'new', name: 'File' };

describe('what columns are', () => {
  it('is suggested by their titles and rows', () => {
    const { columns, time } = suggested(
      'entity_id,state,last_changed,note,open\n' +
        'sensor.hall,21.5,2026-01-01T00:00:00.000Z,warm,on\n' +
        'sensor.hall,unavailable,2026-01-01T00:05:00.000Z,,off\n',
    );
    expect(usesOf(columns)).toEqual({
      ...{ entity_id: 'source', state: 'value', last_changed: 'time', note: 'value', open: 'value' },
    });
    expect(columns.map(({ type }) => type)).toEqual(['string', 'number', 'string', 'string', 'boolean']);
    expect(time).toMatchObject({ format: 'iso', hasOffsets: true });
  });

  it.each([
    ['Date,Time,t\n01.02.2026,10:00,1\n02.02.2026,11:30,2\n', { Date: 'time', Time: 'clock', t: 'value' }],
    ['value,timestamp\n1,1795822690\n2,1795822700\n', { value: 'value', timestamp: 'time' }],
    ['1795822690,1\n1795822700,2\n', { 'Column 1': 'time', 'Column 2': 'value' }],
    ['a,b\n1,2\n', { a: 'value', b: 'value' }],
    ['time;Meter\n2026-01-01;1\n2026-01-02;2\n', { time: 'time', Meter: 'value' }],
    ['time;Meter ID;t\n2026-01-01;1;5\n2026-01-02;2;5\n', { time: 'time', 'Meter ID': 'source', t: 'value' }],
    [
      '_id,timestamp,dataSourceId,dataSource,t,metadata.room\n1,2026-01-01T00:00:00Z,2,Hall,3,a\n',
      {
        ...{
          _id: 'ignore',
          timestamp: 'time',
          dataSourceId: 'ignore',
          dataSource: 'source',
          t: 'value',
          'metadata.room': 'metadata',
        },
      },
    ],
  ])('is suggested for %j', (text, uses) => {
    expect(usesOf(suggested(text).columns)).toEqual(uses);
  });

  it.each([
    ['Temperature (°C)', 'Temperature', '°C'],
    ['Feuchte [%]', 'Feuchte', '%'],
    ['Außentür – Höhe', 'Aussentur_Hohe', ''],
    ['2nd floor', '_2nd_floor', ''],
    ['(°C)', 'C', ''],
    ['constructor', '_constructor', ''],
    ['###', 'value', ''],
    ['x'.repeat(80), 'x'.repeat(64), ''],
  ])('gives a field a name and a unit: %s', (title, name, unit) => {
    expect(nameAndUnit(title)).toEqual({ name, unit });
  });

  it('gives every field a valid name of its own, whatever the titles are', () => {
    const titles = fc.array(
      fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constantFrom('x'.repeat(70), 'constructor')),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(titles, (names) => {
        const { columns } = suggestionFor({ ...sampled('a,b\n1,2\n'), names, rows: [] });
        const wrong = columns.filter((column) => nameProblem(column, columns) !== undefined);
        expect(wrong).toEqual([]);
      }),
    );
  });
});

const column = (use: Column['use'], name: string, more: Partial<Column> = {}): Column => ({
  ...{ title: name, use, name, unit: '', type: 'number' },
  ...more,
});
const COLUMNS = [
  column('time', 'time'),
  column('source', 'device'),
  column('value', 't', { unit: '°C' }),
  column('value', 'open', { type: 'boolean' }),
  column('metadata', 'room'),
  column('ignore', 'x'),
];
const READING: Reading = { columns: COLUMNS, decimal: '.', format: 'iso', zone: 'UTC', isDescending: false };
const readCells = (...cells: string[]) => new PointReader(READING).read({ line: 7, cells });
const problemsOf = (...cells: string[]) => readCells(...cells).problems;

describe('a row', () => {
  it('becomes a point', () => {
    expect(readCells('2026-01-01 10:00', ' Hall ', '21.5', 'yes', 'attic', '?')).toEqual({
      line: 7,
      cells: ['2026-01-01 10:00', ' Hall ', '21.5', 'yes', 'attic', '?'],
      at: Date.UTC(2026, 0, 1, 10),
      source: 'Hall',
      values: { t: 21.5, open: true },
      metadata: { room: 'attic' },
      problems: [],
    });
  });

  it('may lack values, and have a separator at its end', () => {
    const row = readCells('2026-01-01', 'Hall', 'NaN', 'off', '', '', '');
    expect(row).toMatchObject({ values: { open: false }, metadata: {}, problems: [] });
  });

  it('says what is wrong with it', () => {
    expect(problemsOf('soon', '', 'warm', '2', '', '')).toEqual([
      { column: 0, message: '“soon” is not a time with the year first' },
      { column: 1, message: 'It names no data source' },
      { column: 2, message: '“warm” is not a number' },
      { column: 3, message: '“2” is not true or false' },
    ]);
    expect(problemsOf('2026-01-01', 'Hall')).toEqual([{ column: undefined, message: 'It has 2 cells instead of 6' }]);
    expect(problemsOf('2026-01-01', 'Hall', '', 'unknown', '', '')).toEqual([
      { column: undefined, message: 'It has no value' },
    ]);
    expect(problemsOf('2026-01-01', 'Hall', '9007199254740993', '', '', '')).toEqual([
      { column: 2, message: '9007199254740993 would be rounded: import the column as text' },
    ]);
    expect(problemsOf('1965-01-01', 'Hall', '1', '', '', '')).toEqual([
      { column: 0, message: 'A time is between 1970 and 9999' },
    ]);
    expect(new PointReader(READING).read({ line: 3, problem: 'It is not CSV' })).toMatchObject({
      ...{ line: 3, problems: [{ column: undefined, message: 'It is not CSV' }] },
    });
  });

  it('may have its date and its time of day in two columns', () => {
    const columns = [column('clock', 'clock'), column('time', 'date'), column('value', 't')];
    const reader = new PointReader({ ...READING, columns, format: 'mdy' });
    expect(reader.read({ line: 2, cells: ['11:30 PM', '12/31/2026', '1'] }).at).toBe(Date.UTC(2026, 11, 31, 23, 30));
  });
});

describe('a mapping', () => {
  const text = 'Time;Device;Temperature;Open\n01/02/2026;A;1;on\n01/03/2026;B;2;off\n';
  const known: KnownFields = { temperature: { type: 'string', unit: 'K' } };
  const first = firstMapping(suggested(text), { target: NEW, known: {}, zone: 'UTC' });

  it('begins with a data source for each value of a column that names them', () => {
    expect(first.target).toEqual({ kind: 'column' });
    expect(fieldsOf(first.columns)).toEqual({ Temperature: { type: 'number' }, Open: { type: 'boolean' } });
  });

  it('follows the data source that is chosen, with its names, types and units', () => {
    const changed = withTarget(first, { kind: 'existing', sourceId: '1' }, known);
    expect(usesOf(changed.columns)).toMatchObject({ Device: 'ignore' });
    const { reading, preview } = outlookOf(sampled(text), changed, known);
    expect(reading.columns[2]).toMatchObject({ name: 'temperature', type: 'string', unit: 'K' });
    expect(preview[0]?.values).toEqual({ temperature: '1', Open: true });
  });

  it('has one column of the time, and forgets the target of a column that is none any more', () => {
    const moved = withUse(first, 2, 'time', NEW);
    expect(usesOf(moved.columns)).toMatchObject({ Time: 'ignore', Temperature: 'time' });
    expect(withUse(first, 1, 'metadata', NEW).target).toEqual(NEW);
  });

  it('asks whether the day or the month is first where the rows do not tell', () => {
    const outlook = outlookOf(sampled(text), first, {});
    expect(outlook).toMatchObject({ format: undefined, problem: 'Say in which form the times are' });
    expect(outlookOf(sampled(text), { ...first, format: 'mdy' }, {})).toMatchObject({
      ...{ format: 'mdy', problem: undefined, badRows: 0 },
    });
  });

  it('knows whether the newest row is first', () => {
    const rows = ['2026-01-02;1', '2026-01-01;2'];
    const isDescending = (lines: readonly string[]) => {
      const sample = sampled(`time;t\n${lines.join('\n')}\n`);
      const mapping = firstMapping(suggestionFor(sample), { target: NEW, known: {}, zone: 'UTC' });
      return outlookOf(sample, mapping, {}).reading.isDescending;
    };
    expect([isDescending(rows), isDescending([...rows].reverse())]).toEqual([true, false]);
  });

  it.each<[string, readonly Column[], Target]>([
    ['Choose one column with the time', [column('value', 't')], NEW],
    ['Choose at least one column with values', [column('time', 'time')], NEW],
    ['Choose one column at most', [column('time', 'a'), column('clock', 'b'), column('clock', 'c')], NEW],
    ['Check the names', [column('time', 'a'), column('value', 't'), column('value', 't')], NEW],
    ['Check the names', [column('time', 'a'), column('value', 'constructor')], NEW],
    ['Check the names', [column('time', 'a'), column('value', 'ä')], NEW],
    ['Choose the column that names', [column('time', 'a'), column('value', 't')], { kind: 'column' }],
    ['Name the new data source', [column('time', 'a'), column('value', 't')], { kind: 'new', name: ' ' }],
    [
      'up to 100 fields',
      [column('time', 'a'), ...Array.from({ length: 101 }, (_, n) => column('value', `f${n}`))],
      NEW,
    ],
    [
      'up to 20 metadata',
      [column('time', 'a'), column('value', 'v'), ...Array.from({ length: 21 }, (_, n) => column('metadata', `m${n}`))],
      NEW,
    ],
  ])('is incomplete: %s', (problem, columns, target) => {
    expect(mappingProblem(columns, target)).toContain(problem);
  });
});

describe('a batch', () => {
  const good = (line: number, source = 'A') => ({ ...readCells('2026-01-01', source, '1', '', '', ''), line });

  it('is full after 1000 rows, or earlier with long ones', () => {
    const fill = (cell: string) => {
      const batch = new Batch();
      while (!batch.isFull) batch.add({ ...good(1), cells: [cell] });
      return batch.rows.length;
    };
    expect([fill('1'), fill('x'.repeat(1000)), fill('x'.repeat(1_000_000))]).toEqual([1000, 391, 1]);
  });

  it('names the lines of the rows that were refused, also when it was sent in parts', () => {
    const rows = [good(2), good(3), good(5)];
    const first = { inserted: 1, updated: 0, duplicates: 0 };
    const second = { inserted: 0, updated: 1, duplicates: 0, errors: [{ index: 1, message: 'too old' }] };
    const answer = joinedAnswers(first, second, 1);
    expect(refusedRows(rows, answer)).toEqual([{ line: 5, reason: 'too old', cells: rows[2]?.cells }]);
    expect(addCounts(START.counts, answer, 1)).toEqual({ stored: 1, updated: 1, known: 0, refused: 1 });
  });

  it('adds to the ranges of its data sources', () => {
    const at = (hour: number) => ({ ...good(1), at: hour });
    const find = () => ({ id: '1', name: 'Hall' });
    const once = addSources([], [at(5), at(3)], find);
    expect(addSources(once, [at(9)], find)).toEqual([{ id: '1', name: 'Hall', points: 3, from: 3, to: 9 }]);
  });
});

describe('the place of an import', () => {
  const settings: ImportSettings = {
    ...{ bucketId: '1', target: NEW, hasHeader: true, reading: READING },
    rows: { encoding: 'utf-8', separator: ',', lineEnd: '\n', firstLine: 1 },
  };
  const unfinished = (file: string) => ({ file, name: 'a.csv', size: 1, savedAt: 1, settings, place: START });

  it('is read as it was written, without what was in the file', () => {
    const bad = Array.from({ length: 1200 }, (_, line) => ({ line, reason: 'wrong', cells: ['secret'] }));
    const all = withUnfinished([], { ...unfinished('a'), place: { ...START, rows: 5, bad } });
    const text = JSON.stringify(all);
    expect(text).not.toContain('secret');
    expect(readUnfinished(text)).toEqual(all);
    expect(all[0]?.place).toMatchObject({ rows: 5, lastTime: undefined });
    expect(all[0]?.place.bad).toHaveLength(1000);
  });

  it('is remembered of the last five imports', () => {
    const all = [...'abcdefb'].reduce<ReturnType<typeof readUnfinished>>(
      (known, file) => withUnfinished(known, unfinished(file)),
      [],
    );
    expect(all.map(({ file }) => file)).toEqual(['b', 'f', 'e', 'd', 'c']);
  });

  it.each([null, '', '{}', '[1]', '[{"file":"a"}]', 'null'])('is nothing where storage has %j', (text) => {
    expect(readUnfinished(text)).toEqual([]);
  });

  it('belongs to a file by its name, size and first bytes', () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    const one = fingerprintOf('a.csv', 3, bytes('a,b'));
    expect(fingerprintOf('a.csv', 3, bytes('a,b'))).toBe(one);
    const others = [
      fingerprintOf('b.csv', 3, bytes('a,b')),
      fingerprintOf('a.csv', 4, bytes('a,b')),
      fingerprintOf('a.csv', 3, bytes('a,c')),
      fingerprintOf('a.csv', 3, bytes('b,a')),
    ];
    expect(new Set([one, ...others]).size).toBe(5);
  });
});

describe('rows that were left out', () => {
  it('are a CSV with their cells, lines and reasons, and these are ignored when it is imported', () => {
    const bad = [
      { line: 3, reason: '“x,y” is not a time', cells: ['x,y', 'a "b"\nc'] },
      { line: 9, reason: 'too old' },
    ];
    const csv = badRowsCsv(bad, ['time', 't']);
    expect(parse(csv)).toEqual([
      ['time', 't', 'import_line', 'import_reason'],
      ['x,y', 'a "b"\nc', '3', '“x,y” is not a time'],
      ['', '', '9', 'too old'],
    ]);
    expect(usesOf(suggested(csv).columns)).toMatchObject({ import_line: 'ignore', import_reason: 'ignore' });
    expect(MAX_LISTED).toBeGreaterThan(1000);
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

describe('the fields of a new data source', () => {
  const field = (name: string, unit = '') => ({ name, type: 'number' as const, unit });

  it('have valid names, each once', () => {
    const fields = [field('t'), field('t'), field('2nd'), field('')];
    expect(fields.map((one) => fieldProblem(one, fields) !== undefined)).toEqual([true, true, true, true]);
    expect(fieldProblem(field('t'), [field('t'), field('u')])).toBeUndefined();
  });

  it('become its schema', () => {
    expect(schemaOf([field('t', ' °C '), { name: 'open', type: 'boolean', unit: '' }])).toEqual({
      t: { type: 'number', unit: '°C' },
      open: { type: 'boolean' },
    });
  });
});

describe('patience', () => {
  const problem = (status: number, retryAfterSeconds?: number) => new ApiProblem('Busy', { status, retryAfterSeconds });

  it('waits for what passes, as long as the server asks', () => {
    expect([0, 429, 503, 507].map((status) => passes(problem(status)))).toEqual([true, true, true, true]);
    expect([400, 401, 403, 404, 409, 413, 500].some((status) => passes(problem(status)))).toBe(false);
    // A quota of the month.
    expect(passes(problem(429, 86_400))).toBe(false);
    expect([0, 1, 3, 20].map((failures) => waitMillis(problem(0), failures))).toEqual([1000, 2000, 8000, 30_000]);
    expect(waitMillis(problem(429, 7), 3)).toBe(7000);
  });

  it('asks again until there is an answer, and says why it waits', async () => {
    const seen: (Waiting | undefined)[] = [];
    const patience = new Patience(new AbortController().signal, (waiting) => seen.push(waiting));
    const answers = [problem(503, 0), problem(0, 0), 'done'];
    const asked = await patience.until(() => {
      const next = answers.shift();
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    });
    expect(asked).toBe('done');
    expect(seen.map((waiting) => waiting?.reason)).toEqual([
      'Busy',
      undefined,
      'The server cannot be reached',
      undefined,
    ]);
  });

  it('ends at once when the import is stopped', async () => {
    const stopping = new AbortController();
    const patience = new Patience(stopping.signal, () => stopping.abort());
    const until = patience.until(() => Promise.reject(problem(503, 500)));
    await expect(until).rejects.toThrow(/abort/i);
    await expect(
      new Patience(new AbortController().signal, () => undefined).until(() => Promise.reject(problem(409))),
    ).rejects.toThrow('Busy');
  });
});
