import fc from 'fast-check';
import {
  fieldsOf,
  mappingProblem,
  nameAndUnit,
  nameProblem,
  type Column,
  type Target,
} from '../../console/src/screens/import/columns';
import {
  firstMapping,
  outlookOf,
  withTarget,
  withUse,
  type KnownFields,
} from '../../console/src/screens/import/mapping';
import { suggestionFor } from '../../console/src/screens/import/suggestion';
import { sampled, suggested, usesOf, NEW, column } from '../support/csv-import';

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

  it('finds a field of line protocol by its whole title, and gives it up with the data source', () => {
    const file = 'time;CPU load (%);Größe\n2026-01-01;1;2\n';
    const wide: KnownFields = { 'CPU load (%)': { type: 'number' }, größe: { type: 'number' } };
    const target: Target = { kind: 'existing', sourceId: '1' };
    const mapping = firstMapping(suggested(file), { target, known: wide, zone: 'UTC' });
    const { preview, problem } = outlookOf(sampled(file), mapping, wide);
    expect(problem).toBeUndefined();
    expect(preview[0]?.values).toEqual({ 'CPU load (%)': 1, größe: 2 });
    expect(outlookOf(sampled(file), mapping, {}).problem).toBe('Check the names of the columns');
    expect(fieldsOf(withTarget(mapping, NEW, {}).columns)).toMatchObject({ CPU_load: {}, grosse: {} });
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
