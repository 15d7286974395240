// npm test leaves this out: whole files, repeated. import-reading and import-resume read files too.
// test:all leaves PostgreSQL out: what is read and refused is the same on each database.
import { readingOf } from '../../src/cli/import-options';
import { ImportTests } from '../support/import-scene';

const SECONDS = 1_705_276_800;
const AT = '2024-01-15T00:00:00.000Z';
const NOT_UTF8 = 'It is not valid UTF-8. If the file is Latin-1 or Windows-1252, add --encoding latin1';
const ROUNDED = 'temperature is an integer beyond 2^53 that would be rounded; send it as a string';

const tests = new ImportTests({ temperature: 'number', door: 'boolean', note: 'string' });
const imported: ImportTests['imported'] = (...file) => tests.imported(...file);
const stored = () => tests.current.stored();
const temperatures = async () => (await stored()).map(({ values }) => values.temperature as number);

describe('a CSV from a spreadsheet program', () => {
  it.each([
    [
      'semicolons and a decimal comma',
      'timestamp;temperature;door\n',
      `${SECONDS};21,5;WAHR\n`.replace('WAHR', 'TRUE'),
    ],
    ['a line that names the delimiter', 'sep=;\r\ntimestamp;temperature;door\r\n', `${SECONDS};21,5;yes\r\n`],
    ['tabs', 'timestamp\ttemperature\tdoor\n', `${SECONDS}\t21.5\t1\n`],
    ['quotes', 'timestamp,temperature,door\n', `"${SECONDS}","21,5","True"\n`],
    ['blanks', 'timestamp, temperature, door\n', `${SECONDS}, 21.5, on\n`],
    ['a byte order mark', '\uFEFFtimestamp|temperature|door\n', `${SECONDS}|+21.50|T\n`],
  ])('is imported: %s', async (_what, header, row) => {
    const { problems } = await imported('a.csv', header + row);
    expect(problems).toEqual([]);
    expect(await stored()).toMatchObject([{ timestamp: AT, values: { temperature: 21.5, door: true } }]);
  });

  it.each([
    ['True', true],
    ['TRUE', true],
    ['yes', true],
    ['1', true],
    ['False', false],
    ['no', false],
    ['0', false],
    ['OFF', false],
  ])('reads the boolean %s', async (cell, door) => {
    await imported('a.csv', `timestamp,door\n${SECONDS},${cell}\n`);
    expect((await stored())[0]?.values).toEqual({ door });
  });

  it.each(['2', 'maybe', 'wahr', ' '])('rejects %p as a boolean', async (cell) => {
    expect((await imported('a.csv', `timestamp,door\n${SECONDS},${cell}\n`)).problems).toEqual([
      '2: door must be true or false',
    ]);
  });

  it.each([
    ['21,437', 1],
    ['1,234', 1],
  ])('does not read a possible thousands separator as a decimal comma: %s', async (cell, line) => {
    const csv = `timestamp;temperature\n${SECONDS};${cell}\n`;
    expect((await imported('a.csv', csv)).problems).toEqual([`${line + 1}: temperature must be a number`]);
    expect((await imported('b.csv', csv, { decimal: ',' })).problems).toEqual([]);
    expect(await temperatures()).toEqual([Number(cell.replace(',', '.'))]);
  });

  it('rejects a thousands separator with a decimal comma', async () => {
    const csv = `timestamp;temperature\n${SECONDS};1,5\n${SECONDS + 1};1.234\n`;
    expect((await imported('a.csv', csv, { decimal: ',' })).problems).toEqual(['3: temperature must be a number']);
  });

  it('is split at --delimiter', async () => {
    const csv = `timestamp#temperature#note\n${SECONDS}#1#a;b;c\n`;
    expect((await imported('a.csv', csv, { delimiter: '#' })).problems).toEqual([]);
    expect((await stored())[0]?.values.note).toBe('a;b;c');
  });

  it('is read as Latin-1 and Windows-1252 with --encoding', async () => {
    const csv = Buffer.from(`timestamp,note\n${SECONDS},Gewächshaus 5 °C \x80\n`, 'latin1');
    expect((await imported('a.csv', csv)).problems).toEqual([`2: ${NOT_UTF8}`]);
    expect((await imported('a.csv', csv, { encoding: 'latin1' })).problems).toEqual([]);
    expect((await stored())[0]?.values.note).toBe('Gewächshaus 5 °C €');
  });

  it.each([
    ['UTF-16', Buffer.from('\uFEFFtimestamp,note\n', 'utf16le'), 'The file is UTF-16. Save it as UTF-8'],
    ['lines that end in CR', 'timestamp,note\r1,a\r', 'The lines of the file end in CR alone. Save it with LF or CRLF'],
    ['a first line of Latin-1', Buffer.from('timestamp,\xe4\n', 'latin1'), `Line 1: ${NOT_UTF8}`],
  ])('is rejected with %s', async (_what, content, message) => {
    await expect(imported('a.csv', content)).rejects.toThrow(message);
  });

  it.each(['9007199254740993', '-9007199254740993', '+9007199254740993', '0009007199254740993'])(
    'rejects an integer that would be rounded: %s',
    async (cell) => {
      expect((await imported('a.csv', `timestamp,temperature\n${SECONDS},${cell}\n`)).problems).toEqual([
        `2: ${ROUNDED}`,
      ]);
      const digits = cell.replace(/^\+|^0+/g, '');
      const json = `{"timestamp":${SECONDS},"values":{"temperature":${digits}}}`;
      expect((await imported('a.ndjson', json)).problems).toEqual([`1: ${ROUNDED}`]);
      expect(await stored()).toEqual([]);
    },
  );

  it.each(['9007199254740992', '1e22', '.5', '-0.1', '007', '1E-3'])('reads the number %s', async (cell) => {
    await imported('a.csv', `timestamp,temperature\n${SECONDS},${cell}\n`);
    expect(await temperatures()).toEqual([Number(cell)]);
  });

  it.each([
    [{ encoding: 'utf-16' }, '--encoding must be one of utf8, latin1'],
    [{ delimiter: ';;' }, "--delimiter must be one character such as ';', or tab"],
    [{ delimiter: '"' }, "--delimiter must be one character such as ';', or tab"],
    [{ decimal: ';' }, "--decimal must be '.' or ','"],
    [{ precision: 'm' }, '--precision must be one of s, ms, us, ns'],
  ])('is rejected with %j', (options, message) => expect(() => readingOf(options)).toThrow(message));

  it.each(['tab', '\\t', '\t'])('accepts the delimiter %p', (delimiter) =>
    expect(readingOf({ delimiter }).delimiter).toBe('\t'),
  );
});
