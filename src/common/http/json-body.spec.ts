import fc from 'fast-check';
import { ApiError } from '../errors';
import { parseJson, parseSmallJson, type RunPiece } from './json-body';
import { scanJson } from './json-scan';

const run: RunPiece = (work) => Promise.resolve().then(work);
/** Blanks make it too large to be parsed without a scan. */
const inPieces = (text: string) => parseJson(Buffer.from(text.padEnd(200_000)), run);
const refusal = async (text: string) => {
  const said = await inPieces(text).then(
    () => 'no refusal',
    (cause: unknown) => (cause as ApiError).getResponse(),
  );
  return said as { message: string; details?: { path: unknown[] }[] };
};
const scan = (text: string) => scanJson(Buffer.from(text));

const NOT_JSON = 'Request body is not valid JSON';
const TOO_DEEP = 'Request body is nested too deeply. At most 32 levels are allowed';
const TOO_MANY =
  'Request body has too many values. At most 250000 are allowed, and at most 10000 outside of a list or in one item';
const list = (count: number, item: string) => `[${new Array<string>(count).fill(item).join(',')}]`;

describe('JSON in pieces', () => {
  it('is what JSON.parse makes of it, and what it refuses is refused', async () => {
    const item = fc.json({ maxDepth: 3 });
    const items = fc.array(item, { minLength: 1, maxLength: 20 });
    const name = fc.constantFrom('a', 'b', '__proto__', 'toString', '0', 'a"b\\', '');
    const lists = fc.array(fc.tuple(name, items, fc.constantFrom(1, 3, 20_000)), { minLength: 1, maxLength: 4 });
    const property = fc.asyncProperty(
      lists,
      fc.nat(),
      fc.constantFrom('', ',', ' ', ']', '"', '}', '{'),
      async (...given) => {
        const [fields, place, broken] = given;
        const made = fields.map(([key, values, times]) => {
          const all = new Array<string[]>(Math.ceil(times / values.length)).fill(values).flat();
          return `${JSON.stringify(key)}:[${all.join(',')}]`;
        });
        const whole = `{${made.join(',')}}`;
        const at = place % whole.length;
        const text = whole.slice(0, at) + broken + whole.slice(at);
        const parsed = await inPieces(text).catch((cause: unknown) => cause);
        if (parsed instanceof ApiError && parsed.message !== NOT_JSON) return;
        if (parsed instanceof ApiError) expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
        else expect(JSON.stringify(parsed)).toBe(JSON.stringify(JSON.parse(text)));
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  it('is cut where a list is long, and only there', async () => {
    const point = '{"a":[1,2],"b":",]}\\"","c":"ä"}';
    const text = `{"first":1,"points":${list(30_000, point)},"last":[1,2]}`;
    expect(scan(text)).toHaveLength(44);
    expect(await inPieces(text)).toEqual(JSON.parse(text));
    expect(scan(`{"points":${list(600, point)}}`)).toHaveLength(0);
    expect(scan(`{"points":${list(100, JSON.stringify('x'.repeat(10_000)))}}`)).toHaveLength(4);
  });

  it.each([
    ['a comma at the end of the list', (items: string) => `{"points":[${items},]}`],
    ['a comma at its beginning', (items: string) => `{"points":[,${items}]}`],
    ['two commas in it', (items: string) => `{"points":[${items},,${items}]}`],
    ['an open list', (items: string) => `{"points":[${items}}`],
    ['an open object', (items: string) => `{"points":[${items}]`],
    ['another bracket at its end', (items: string) => `{"points":[${items}}}`],
    ['a word in it', (items: string) => `{"points":[${items},nul,${items}]}`],
    ['something behind it', (items: string) => `{"points":[${items}]}]`],
    ['a list that a later one of the same name replaces', (items: string) => `{"points":[${items},x],"points":[1]}`],
  ])('is not %s', async (_what, make) => {
    expect(await refusal(make(list(20_000, '1').slice(1, -1)))).toMatchObject({ message: NOT_JSON });
  });

  it('counts the last of two lists of the same name', async () => {
    const text = `{"points":${list(20_000, '1')},"points":${list(20_000, '2')}}`;
    expect(await inPieces(text)).toEqual(JSON.parse(text));
  });

  it('names the place of a harmful name in a long list, written with escapes too', async () => {
    for (const name of ['__proto__', 'c\\u006fnstructor']) {
      const items = [...new Array<string>(20_000).fill('{"a":1}'), `{"a":{"${name}":1}}`, '{}'].join(',');
      const { details } = await refusal(`{"points":[${items}]}`);
      expect(details?.[0]?.path).toEqual(['body', 'points', 20_000, 'a', JSON.parse(`"${name}"`)]);
    }
  });
});

describe('the bounds of JSON', () => {
  it('are 32 levels, of lists and objects alike, whatever is in texts', () => {
    const nested = (levels: number) => `{"a":${'['.repeat(levels - 1)}"[[{{\\"[["${']'.repeat(levels - 1)}}`;
    expect(scan(nested(32))).toEqual([]);
    expect(scan(nested(33))).toBe('deep');
  });

  it.each([
    ['outside of a list', `{${new Array(10_001).fill('"a":1').join(',')}}`],
    ['in one item', `{"a":[{"b":${list(10_001, '1')}}]}`],
    ['in one item among many', `{"a":[${list(4000, '1').slice(1, -1)},${list(10_001, '1')},1]}`],
    ['in many short lists', `{${new Array(4).fill(`"a":${list(2600, '1')}`).join(',')}}`],
    ['in all', `{"a":${list(250_001, '1')}}`],
    ['in several long lists', `{"a":${list(125_001, '1')},"b":${list(125_001, '[]')}}`],
    ['in a list of lists', `[${list(10_001, '1')}]`],
    ['in a deep list', `{"a":{"b":${list(10_001, '{}')}}}`],
  ])('are so many values %s', async (_where, text) => {
    expect(await refusal(text)).toMatchObject({ message: TOO_MANY });
  });

  it('let the largest batch pass: 1000 points of 100 fields with 20 entries of metadata', async () => {
    const fields = Array.from({ length: 100 }, (_, index) => `"f${index}":${index}.5`).join(',');
    const metadata = Array.from({ length: 20 }, (_, index) => `"m${index}":"${index}"`).join(',');
    const text = `{"dataPoints":${list(1000, `{"values":{${fields}},"metadata":{${metadata}},"timestamp":1,"dataSourceId":"a"}`)}}`;
    expect(await inPieces(text)).toEqual(JSON.parse(text));
  });

  it('are said before anything of what is too deep is parsed, and after a wrong bracket', async () => {
    expect(await refusal('['.repeat(2_000_000))).toMatchObject({ message: TOO_DEEP });
    expect(await refusal(`{]${'['.repeat(40)}`)).toMatchObject({ message: NOT_JSON });
    expect(() => parseSmallJson(Buffer.from(`{"a":${'['.repeat(90_000)}${']'.repeat(90_000)},"\\u0062":1}`))).toThrow(
      TOO_DEEP,
    );
  });
});
