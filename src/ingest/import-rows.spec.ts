import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { linesOf } from './import-lines';
import { rowsOf } from './import-rows';
import { LONGEST_RECORD_BYTES, type Row } from './row-reader';

/** Reads a CSV that arrives in chunks of this size. */
async function read(text: string, pieceBytes = 7, delimiter = ','): Promise<Row[]> {
  const bytes = Buffer.from(text);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes));
  const lines = linesOf(Readable.from(pieces), { longestBytes: LONGEST_RECORD_BYTES, encoding: 'utf8' });
  const rows: Row[] = [];
  for await (const some of rowsOf(lines, { delimiterOf: () => delimiter })) for (const row of some) rows.push(row);
  return rows;
}

describe('the rows of a CSV', () => {
  const cell = fc.string({ unit: fc.constantFrom(...'ab",;\n\r é€'), maxLength: 8 });
  const table = fc
    .integer({ min: 2, max: 4 })
    .chain((columns) =>
      fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 8 }),
    );

  it('have the original cells, wherever the chunks are split', async () => {
    const options = fc.record({
      delimiter: fc.constantFrom(',', ';', '\t'),
      record_delimiter: fc.constantFrom('\n' as const, '\r\n' as const),
      quoted: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(table, options, fc.integer({ min: 1, max: 20 }), async (rows, options, pieceBytes) => {
        const text = stringify(rows, { ...options, quoted_match: /[\r\n]/ });
        const found = await read(text, pieceBytes, options.delimiter);
        expect(found.map((row) => ('cells' in row ? row.cells : row.problem))).toEqual(rows);
      }),
    );
  });

  it('have distinct line numbers and are not more than the lines, for any content', async () => {
    const anything = fc.string({ unit: fc.constantFrom(...'a",\n\r'), maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(anything, async (text) => {
        const numbers = (await read(text)).map(({ line }) => line);
        expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other));
        expect(numbers.length).toBeLessThanOrEqual(text.split('\n').length);
      }),
    );
  });

  it('that are too long are reported at their first line, in little time', async () => {
    const start = Date.now();
    const open = `"${'x\n'.repeat(LONGEST_RECORD_BYTES / 2)}`;
    const rows = await read(`a,b\n${open}1,2\n`, 65_536);
    expect(rows.slice(0, 3)).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, problem: `It is longer than ${LONGEST_RECORD_BYTES} bytes` },
      { line: 3, cells: ['x'] },
    ]);
    expect(rows.at(-1)).toMatchObject({ cells: ['1', '2'] });
    expect(Date.now() - start).toBeLessThan(10_000);
  });
});
