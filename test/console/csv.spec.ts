import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { isTimeOfDay } from '../../console/src/csv/clock-text';
import { encodingOf, isGzip, isZip } from '../../console/src/csv/encoding';
import { RowSplitter, type Row } from '../../console/src/csv/rows';
import { sampleOf } from '../../console/src/csv/sample';
import { timeFormatOf } from '../../console/src/csv/time-format';
import { TimeReader } from '../../console/src/csv/time-reader';
import { offsetAt } from '../../console/src/lib/zone-clock';
import { ZoneOffsets } from '../../console/src/lib/zone-offsets';

const utf8 = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string) => new Uint8Array(Buffer.from(text, 'utf16le'));
const windows = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

function split(
  bytes: Uint8Array,
  cuts: readonly number[],
  options: Partial<ConstructorParameters<typeof RowSplitter>[0]>,
) {
  const splitter = new RowSplitter({ encoding: 'utf-8', separator: ',', lineEnd: '\n', firstLine: 1, ...options });
  const rows: Row[] = [];
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    rows.push(...splitter.push(bytes.subarray(from, cut)));
    from = cut;
  }
  return [...rows, ...splitter.end()];
}

describe('the rows of a file', () => {
  const cell = fc.string({ unit: fc.constantFrom(...'ab",;\n\r é€😀'), maxLength: 8 });
  const table = fc
    .integer({ min: 2, max: 4 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }));
  const cutsOf = (bytes: Uint8Array, parts: readonly number[]) =>
    [...new Set(parts.map((part) => Math.floor(part * bytes.length)))].sort((one, other) => one - other);
  const parts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 10 });

  it('are the same wherever the bytes are cut, in every encoding', () => {
    const encodings = fc.constantFrom(['utf-8', utf8] as const, ['utf-16le', utf16] as const);
    fc.assert(
      fc.property(table, parts, encodings, fc.constantFrom('\n', '\r\n'), (rows, places, [encoding, encode], end) => {
        const text = stringify(rows, { quoted: true, record_delimiter: end as '\n' });
        const bytes = encode(`\uFEFF${text}`);
        const found = split(bytes, cutsOf(bytes, places), { encoding });
        expect(found.map((row) => ('cells' in row ? row.cells : row.problem))).toEqual(rows);
        expect(found).toEqual(split(bytes, [], { encoding }));
      }),
    );
  });

  it('are the same wherever the bytes are cut, for any content', () => {
    const anything = fc.string({ unit: fc.constantFrom(...'a",\n\ré'), maxLength: 60 });
    fc.assert(
      fc.property(anything, parts, (text, places) => {
        const bytes = utf8(text);
        expect(split(bytes, cutsOf(bytes, places), {})).toEqual(split(bytes, [], {}));
      }),
    );
  });

  it('have the numbers of their lines, and say what is wrong with the others', () => {
    const bytes = Buffer.concat([utf8('sep=;\n\na;b\n"1;2\n3";4\n5"6;7\n'), Buffer.from([0xff, 0x0a]), utf8('8;9')]);
    expect(split(bytes, [], { separator: ';' })).toEqual([
      { line: 3, cells: ['a', 'b'] },
      { line: 4, cells: ['1;2\n3', '4'] },
      { line: 6, problem: expect.stringContaining('a quote stands within a cell') },
      { line: 7, problem: 'It has bytes that are not valid in this encoding' },
      { line: 8, cells: ['8', '9'] },
    ]);
  });

  it('may end in CR, and are at most a megabyte long', () => {
    expect(split(utf8('a,b\r1,2\r'), [], { lineEnd: '\r' })).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['1', '2'] },
    ]);
    const long = utf8(`a\n${'x'.repeat(1_100_000)}\nb\n`);
    const cuts = Array.from({ length: 16 }, (_, index) => index * 65_536);
    expect(split(long, cuts, {})).toEqual([
      { line: 1, cells: ['a'] },
      { line: 2, problem: 'It is longer than 1048576 bytes' },
      { line: 3, cells: ['b'] },
    ]);
  });
});

describe('the first bytes', () => {
  it.each([
    ['UTF-8', utf8('Zeit;°C\n'), 'utf-8'],
    ['UTF-8 with a mark', utf8('\uFEFFa;b\n'), 'utf-8'],
    ['UTF-8 that is cut within a character', utf8('a,°').subarray(0, 3), 'utf-8'],
    ['UTF-16 with a mark', utf16('\uFEFFa;b\n1;2\n'), 'utf-16le'],
    ['UTF-16 without a mark', utf16('time;value\n1;2\n'), 'utf-16le'],
    ['UTF-16 big endian', new Uint8Array(Buffer.from('time;value\n1;2\n', 'utf16le').swap16()), 'utf-16be'],
    ['Windows-1252', windows('Zeit;°C\n'), 'windows-1252'],
  ])('say that it is %s', (_, bytes, encoding) => {
    expect(encodingOf(bytes)).toBe(encoding);
  });

  it('say that a file is compressed', () => {
    expect([isGzip(new Uint8Array([0x1f, 0x8b, 8])), isGzip(utf8('time,t'))]).toEqual([true, false]);
    expect([isZip(utf8('PK\x03\x04…')), isZip(utf8('PK,t'))]).toEqual([true, false]);
  });

  it.each([
    ['time,t,h\n2026-01-01 00:00,1.5,2\n', ',', '.', true],
    ['Zeit;Temperatur;Feuchte\n31.12.2026 23:59;21,5;48\n31.12.2026 23:58;21,25;47,5\n', ';', ',', true],
    ['time\tt\n2026-01-01T00:00:00Z\t-4\n', '\t', '.', true],
    ['sep=;\ntime;a,b\n2026-01-01;1\n', ';', '.', true],
    ['"a;b","c"\n"1;2","3"\n', ',', '.', true],
    ['1795822690,21.5\n1795822700,21.6\n', ',', '.', false],
    ['2026-01-01 00:00;on\n2026-01-01 00:01;off\n', ';', '.', false],
    ['time,name,n\n2026-01-01,"one, two",3\n2026-01-02,"x, y, z",4\n', ',', '.', true],
  ])('say how cells are separated and whether they are named: %j', (text, separator, decimal, hasHeader) => {
    expect(sampleOf(utf8(text), true)).toMatchObject({ separator, decimal, hasHeader });
  });

  it.each([
    ['Plot Title: Attic\nSerial,123\n\ntime,t,h\n2026-01-01,1,2\n2026-01-02,3,4\n', 4, ['time', 't', 'h']],
    [
      '#datatype,string,double\n#group,false,false\n_time,_field,_value\n2026-01-01,t,2\n',
      3,
      ['_time', '_field', '_value'],
    ],
    // One name too few is no reason to leave out the names.
    ['time,t\n2026-01-01,1,\n2026-01-02,3,\n', 1, ['time', 't']],
    ['"a\nb",c\n1,2\n', 1, ['a\nb', 'c']],
  ])('say where the table begins: %j', (text, firstLine, names) => {
    const sample = sampleOf(utf8(text), true);
    expect(sample).toMatchObject({ firstLine, names, hasHeader: true });
    const splitter = new RowSplitter(sample);
    expect([...splitter.push(utf8(text)), ...splitter.end()].slice(1)).toEqual(sample.rows);
  });

  it('are looked at as far as it takes no time that a person notices', () => {
    const rowsWith = (columns: number) => `${'1;'.repeat(columns)}1\n`.repeat(3000);
    expect([1, 99].map((columns) => sampleOf(utf8(rowsWith(columns)), true).rows.length)).toEqual([2000, 300]);
  });

  it('leave out the row that is cut off, and name columns without names', () => {
    const text = '1,2\n3,4\n5,6';
    expect(sampleOf(utf8(text), false).rows).toHaveLength(2);
    expect(sampleOf(utf8(text), true)).toMatchObject({ names: ['Column 1', 'Column 2'], hasHeader: false });
    expect(sampleOf(utf8(text), true, { hasHeader: true, separator: ';' }).names).toEqual(['1,2']);
    expect(sampleOf(utf8(text), true, { firstLine: 2, hasHeader: true })).toMatchObject({
      firstLine: 2,
      names: ['3', '4'],
    });
    expect(sampleOf(new Uint8Array(), true)).toMatchObject({ names: [], rows: [] });
  });
});

describe('times', () => {
  it.each([
    [['2026-12-31T23:59:00Z', '2027-01-01T00:00:00+01:00'], { format: 'iso', isAmbiguous: false, hasOffsets: true }],
    [['2026-12-31 23:59', '2027-01-01 00:00:01.5'], { format: 'iso', isAmbiguous: false, hasOffsets: false }],
    [['2026/12/31', ''], { format: 'iso', isAmbiguous: false, isDateAlone: true }],
    [['31.12.2026 23:59', '01.01.2027 00:00'], { format: 'dmy', isAmbiguous: false }],
    [['01.02.2026', '03.04.2026'], { format: 'dmy', isAmbiguous: false }],
    [['01/02/2026 10:00', '13/02/2026 10:00'], { format: 'dmy', isAmbiguous: false }],
    [['01/02/2026 10:00', '01/13/2026 10:00'], { format: 'mdy', isAmbiguous: false }],
    [['01/02/2026 10:00', '03/04/2026 10:00'], { isAmbiguous: true }],
    [['1795822690', '1795822700'], { format: 's' }],
    [['1795822690123'], { format: 'ms' }],
    [['1795822690123456'], { format: 'us' }],
    [['1795822690123456789'], { format: 'ns' }],
  ])('are recognized: %j', (cells, found) => {
    expect(timeFormatOf(cells)).toMatchObject(found);
  });

  it.each([[['21.5', '22']], [['on', 'off']], [['']], [[]], [['32.13.2026', '33.13.2026']]])('are not: %j', (cells) => {
    expect(timeFormatOf(cells)).toBeUndefined();
  });

  it.each([
    ['iso', '2026-12-31T23:59:00+02:00', '2026-12-31T21:59:00.000Z'],
    ['iso', '2026-12-31 23:59:00,25', '2026-12-31T22:59:00.250Z'],
    ['iso', '20261231T235900Z', '2026-12-31T23:59:00.000Z'],
    ['iso', '2026-07-01', '2026-06-30T22:00:00.000Z'],
    ['iso', '2026-07-01 24:00', '2026-07-01T22:00:00.000Z'],
    ['iso', '2026-12-31 23:59 UTC', '2026-12-31T23:59:00.000Z'],
    ['dmy', '31.12.2026 23:59', '2026-12-31T22:59:00.000Z'],
    ['dmy', '1.7.26, 8:05:30', '2026-07-01T06:05:30.000Z'],
    ['mdy', '12/31/2026 11:59 PM', '2026-12-31T22:59:00.000Z'],
    ['mdy', '7/1/2026 12:05:00 a.m.', '2026-06-30T22:05:00.000Z'],
    ['s', '1795822690.5', '2026-11-27T23:38:10.500Z'],
    ['us', '1795822690123456', '2026-11-27T23:38:10.123Z'],
    ['ns', '1795822690123456789', '2026-11-27T23:38:10.123Z'],
  ] as const)('are read in a time zone: %s %s', (format, text, at) => {
    const read = new TimeReader({ format, zone: 'Europe/Berlin' }).read(text);
    expect(typeof read === 'number' ? new Date(read).toISOString() : read).toBe(at);
  });

  it.each([
    ['iso', '', 'It has no time'],
    ['iso', 'yesterday', '“yesterday” is not a time with the year first'],
    ['dmy', '31.02.2026 10:00', '“31.02.2026 10:00” is not a time with the day first'],
    ['dmy', '12/31/2026', '“12/31/2026” is not a time with the day first'],
    ['iso', '2026-01-01 25:00', '“2026-01-01 25:00” is not a time with the year first'],
    ['mdy', '12/31/2026 13:00 PM', '“12/31/2026 13:00 PM” is not a time with the month first'],
    ['s', '21:00', '“21:00” is not a number of seconds since 1970'],
    ['iso', '2026-03-29 02:30', '2026-03-29 02:30 does not exist in Europe/Berlin: the clock skips it'],
  ] as const)('are refused: %s %s', (format, text, problem) => {
    expect(new TimeReader({ format, zone: 'Europe/Berlin' }).read(text)).toBe(problem);
  });

  it('of the hour that comes twice follow the order of the rows', () => {
    const instants = Array.from({ length: 25 }, (_, index) => Date.UTC(2026, 9, 24, 22, index * 10));
    const shown = instants.map((at) =>
      new Date(at + offsetAt(at, 'Europe/Berlin')).toISOString().slice(0, 16).replace('T', ' '),
    );
    expect(new Set(shown).size).toBeLessThan(instants.length);
    const up = new TimeReader({ format: 'iso', zone: 'Europe/Berlin' });
    // Two devices that report at the same times.
    expect(shown.flatMap((text) => [up.read(text), up.read(text)])).toEqual(instants.flatMap((at) => [at, at]));
    const down = new TimeReader({ format: 'iso', zone: 'Europe/Berlin', isDescending: true });
    expect([...shown].reverse().map((text) => down.read(text))).toEqual([...instants].reverse());
    // The next device begins from the start.
    expect(shown.slice(0, 16).map((text) => up.read(text))).toEqual(instants.slice(0, 16));
    const middle = new TimeReader({ format: 'iso', zone: 'Europe/Berlin', last: instants[17] });
    expect(middle.read(shown[18] ?? '')).toBe(instants[18]);
  });

  it('of every zone are among the instants at which its clock shows them', () => {
    const zones = ['Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia', 'UTC'];
    const instants = fc.integer({ min: Date.UTC(1975, 0), max: Date.UTC(2037, 0) });
    fc.assert(
      fc.property(fc.constantFrom(...zones), instants, (zone, at) => {
        const offsets = new ZoneOffsets(zone);
        expect(offsets.at(at)).toBe(offsetAt(at, zone));
        expect(offsets.instantsOf(at + offsetAt(at, zone))).toContain(at);
      }),
    );
  });

  it('of the day alone are told apart', () => {
    expect(['23:59', '11:59 PM', '23:59:59.5', '24:01', '2359', ''].map(isTimeOfDay)).toEqual([
      ...[true, true, true, false, false, false],
    ]);
  });
});
