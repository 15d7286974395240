import fc from 'fast-check';
import { isRounded } from '../rounded-integer';
import { parseExactly } from './exact-integers';

describe('JSON', () => {
  it.each([
    ['9007199254740993', 9007199254740993n],
    ['-9007199254740993', -9007199254740993n],
    ['9007199254740992', 2 ** 53],
    ['9007199254740994', 2 ** 53 + 2],
    ['1795822690123456789', 1795822690123456789n],
    ['1795822690123000000', 1795822690123000000],
    // What JavaScript writes for 1.2345678901234568e+20 and 1e+20.
    ['123456789012345680000', 123456789012345680000],
    ['100000000000000000000', 1e20],
    ['10000000000000000000000', 1e22],
    ['100000000000000000000000', 1e23],
    ['100000000000000000000001', 100000000000000000000001n],
    ['0.1', 0.1],
    ['0.30000000000000004', 0.30000000000000004],
    ['9007199254740993.0', 9007199254740992],
    ['9007199254740993e0', 9007199254740992],
    ['1e22', 1e22],
    ['-1e-7', -1e-7],
    ['1'.repeat(400), Infinity],
  ])('has %s as %p', (text, value) => {
    const around = [`${text}`, ` [ ${text} ]`, `{"a":{"b":[1,${text}\n,2]},"c":"x"}`];
    expect(around.map(parseExactly)).toEqual([value, [value], { a: { b: [1, value, 2] }, c: 'x' }]);
  });

  it('keeps digits within strings and names', () => {
    const text = '{"9007199254740993":"9007199254740993","a\\",9007199254740993,":["\\\\",":9007199254740993,"]}';
    expect(parseExactly(text)).toEqual(JSON.parse(text));
    expect(parseExactly(text.replace('["', '[9007199254740993,"'))).toMatchObject({
      'a",9007199254740993,': [9007199254740993n, '\\', ':9007199254740993,'],
    });
  });

  it.each([
    '{9007199254740993:1}',
    '[09007199254740993]',
    '[9007199254740993',
    '9007199254740993x',
    '[--9007199254740993]',
    '',
  ])('is not %s', (text) => expect(() => parseExactly(text)).toThrow(SyntaxError));

  it('has names that reach into prototypes as JSON.parse has them', () => {
    const parsed = parseExactly('{"__proto__":9007199254740993}') as object;
    expect([Object.keys(parsed), Object.getPrototypeOf(parsed)]).toEqual([['__proto__'], Object.prototype]);
  });

  it('that is nested a million levels deep ends in no other error', () => {
    const deep = `${'['.repeat(4000)}9007199254740993${']'.repeat(4000)}`;
    expect(Array.isArray(parseExactly(deep))).toBe(true);
    const deeper = `${'['.repeat(60_000)}9007199254740993${']'.repeat(60_000)}`;
    expect(Array.isArray(parseExactly(deeper))).toBe(true);
  });

  it('has every other value as JSON.parse has it', () => {
    fc.assert(fc.property(fc.json(), (text) => expect(parseExactly(text)).toEqual(JSON.parse(text))));
  });

  it('has every integer with the digits that were sent, wherever it stands', () => {
    const integer = fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), integer)), (entries) => {
        const text = `[${entries.map(([name, value]) => `{${JSON.stringify(name)}:${value}}`).join()}]`;
        const parsed = parseExactly(text) as Record<string, number | bigint>[];
        expect(parsed.map((one) => BigInt(toDigits(Object.values(one)[0] ?? 0)))).toEqual(
          entries.map(([, value]) => value),
        );
      }),
    );
  });

  it('that a number writes is never rounded', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (value) => !isRounded(toDigits(Math.trunc(value))),
      ),
    );
  });
});

/** An integer as JavaScript shows it, without an exponent. */
function toDigits(value: number | bigint): string {
  if (typeof value === 'bigint') return String(value);
  const [, sign = '', whole = '', fraction = '', exponent] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e\+(\d+))?$/.exec(String(value)) ?? [];
  return exponent === undefined ? sign + whole : sign + (whole + fraction).padEnd(Number(exponent) + 1, '0');
}

it.each([
  [1000, undefined],
  [1001, 'Request body has more than 1000 integers beyond 2^53 that would be rounded; send them as strings'],
])('takes %i integers that would be rounded, or refuses all', (count, message) => {
  const text = JSON.stringify({ sent: '#' }).replace('"#"', `[${Array(count).fill('9007199254740993').join()}]`);
  if (message === undefined) expect((parseExactly(text) as { sent: bigint[] }).sent).toHaveLength(count);
  else expect(() => parseExactly(text)).toThrow(message);
});
