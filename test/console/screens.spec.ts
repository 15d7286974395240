import { fieldProblem, schemaOf } from '../../console/src/screens/bucket/new-fields';
import { valueOf } from '../../console/src/screens/key/typed-value';
import { mergeLatest, quietFirst } from '../../console/src/screens/bucket/latest';

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
