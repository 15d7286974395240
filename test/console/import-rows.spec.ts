import { parse } from 'csv-parse/sync';
import { badRowsCsv, MAX_LISTED } from '../../console/src/screens/import/bad-rows';
import { addCounts, addSources, Batch, joinedAnswers, refusedRows } from '../../console/src/screens/import/batches';
import { START } from '../../console/src/screens/import/import-place';
import { PointReader } from '../../console/src/screens/import/point-reader';
import { suggested, usesOf, column, READING, readCells } from '../support/csv-import';

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
