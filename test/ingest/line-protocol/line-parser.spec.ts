import fc from 'fast-check';
import { repetitions } from '../../support/repetitions';
import { readLines } from './parsed-lines';

/** Pieces of lines, valid and not, so that a random body meets every rule. */
const PIECE = fc.oneof(
  fc.constantFrom(
    'm',
    ',',
    '=',
    ' ',
    '\n',
    '\r\n',
    '"',
    '\\',
    '#',
    '\t',
    '\0',
    'f=1',
    'tag=v',
    '1700000000000000000',
    't',
    '1i',
    '-1u',
  ),
  fc.constantFrom('m f=1\n', 'm,a=b f="x y",g=2.5 17\n', '"\n', 'm s="a\nb"\n', 'time=1', 'é', '🚀', '\uFEFF'),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);
const BODY = fc.array(PIECE, { maxLength: 40 }).map((pieces) => Buffer.from(pieces.join('')));
const RAW = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));

const NAME = fc
  .stringMatching(/^[a-zé"\\]{0,3}[a-z ,=]{0,3}[a-zé]$/)
  .filter((name) => name !== 'time' && !name.startsWith('#'));
const escapeName = (text: string) => text.replace(/[,= ]/g, '\\$&');

describe('the line parser', () => {
  it('throws for no body, and reports each line that it does not store once', () => {
    fc.assert(
      fc.property(fc.oneof(BODY, RAW), (body) => {
        const { points, invalid } = readLines(body);
        const numbers = [...points, ...invalid].map(({ number }) => number);
        expect(new Set(numbers).size).toBe(numbers.length);
        for (const { fields } of points) {
          expect(fields.length).toBeGreaterThan(0);
          for (const [, value] of fields) expect(Number.isFinite(value) || typeof value !== 'number').toBe(true);
        }
      }),
      { numRuns: repetitions(200, 2000) },
    );
  });

  it('reads the same from a body that arrives in parts', () => {
    fc.assert(
      fc.property(fc.oneof(BODY, RAW), fc.array(fc.nat({ max: 30 }), { maxLength: 20 }), (body, parts) => {
        expect(readLines(body, { parts })).toEqual(readLines(body));
      }),
      { numRuns: repetitions(200, 2000) },
    );
  });

  it('reads back what was written', () => {
    const tags = fc.uniqueArray(fc.tuple(NAME, NAME), { selector: ([name]) => name, maxLength: 4 });
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
      fc.boolean(),
      fc.string({ maxLength: 20 }).filter((text) => !text.includes('\0')),
    );
    const fields = fc.uniqueArray(fc.tuple(NAME, value), { selector: ([name]) => name, minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(NAME, tags, fields, fc.nat({ max: 2 ** 50 }), (measurement, tagList, fieldList, millis) => {
        const written = [
          escapeName(measurement).replace(/\\=/g, '='),
          ...tagList.map(([name, text]) => `${escapeName(name)}=${escapeName(text)}`),
        ].join();
        const sent = fieldList
          .map(
            ([name, one]) =>
              `${escapeName(name)}=${typeof one === 'string' ? `"${one.replace(/["\\]/g, '\\$&')}"` : String(one)}`,
          )
          .join();
        const { points, invalid } = readLines(`${written} ${sent} ${millis}`, { precision: 'ms' });
        expect(invalid).toEqual([]);
        const sorted = [...tagList].sort(([one], [other]) => (one < other ? -1 : 1));
        expect(points).toEqual([{ measurement, tags: sorted, fields: fieldList, at: millis, number: 1 }]);
      }),
      { numRuns: repetitions(200, 2000) },
    );
  });
});
