import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { CsvTable, type CsvStyle } from './csv-table';

const ID = '507f1f77bcf86cd799439014';
const TIME = '2024-01-15T10:00:00.000Z';
const plain: CsvStyle = { delimiter: ',', decimal: '.', excel: false };
const row = (values: object, metadata: object | null = null) => ({
  ...{ dataSourceId: ID, timestamp: TIME, values: values as Record<string, unknown>, metadata },
});

it('writes texts that any reader of RFC 4180 reads back, with every delimiter', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '|', '\t', '\n', '\r', ' ', 'ä', '😀') });
  fc.assert(
    fc.property(text, text, fc.constantFrom(',', ';', '|', '\t'), (name, value, delimiter) => {
      const columns = { cells: ['t'], metadata: ['m'] };
      const table = new CsvTable(columns, { ...plain, delimiter }, new Map([[ID, name]]));
      const written = table.head() + table.lines([row({ t: value }, { m: value })]);
      // The reader takes a lone CR at the end of a line for a part of the line break.
      const rows: string[][] = parse(written, { delimiter, record_delimiter: '\n' });
      expect(rows[1]).toEqual([TIME, ID, name, value, value]);
    }),
  );
});

it('writes numbers that read back as the same number', () => {
  const table = new CsvTable(
    { cells: ['t'], metadata: undefined },
    { ...plain, decimal: ',', delimiter: ';' },
    new Map(),
  );
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      const cell =
        table
          .lines([{ ...row({ t: number }), count: 1 }])
          .trim()
          .split(';')
          .at(-1) ?? '';
      expect(Number(cell.replace(',', '.'))).toBe(Object.is(number, -0) ? 0 : number);
    }),
  );
});

it('leaves cells empty for values and metadata that a row does not have', () => {
  const columns = { cells: ['a', 'b.min', 'b.max', 'toString'], metadata: ['constructor', 'x'] };
  const table = new CsvTable(columns, plain, new Map([[ID, 'Source']]));
  expect(table.lines([row({ b: { min: 1 } }, { x: null }), row({ a: true }, { x: false })])).toBe(
    `${TIME},${ID},Source,,1,,,,\n${TIME},${ID},Source,true,,,,,false\n`,
  );
});
