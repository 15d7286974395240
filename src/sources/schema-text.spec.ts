import { newSchema } from './schema';
import { MAX_REMEMBERED_CHARACTERS, parseSchema, SCHEMA_AS_TEXT } from './schema-text';

const textOf = (name: string, fields = 1) =>
  JSON.stringify(
    newSchema(
      Object.fromEntries(Array.from({ length: fields }, (_, index) => [`${name}_${index}`, { type: 'number' }])),
    ),
  );
/** An equal text in a new string, as a database driver returns it. */
const copyOf = (text: string) => Buffer.from(text).toString();

describe('the text of a schema', () => {
  it('is parsed once for equal texts', () => {
    const text = textOf('same', 100);
    expect(parseSchema(copyOf(text))).toBe(parseSchema(copyOf(text)));
    expect(parseSchema(text)).toEqual(JSON.parse(text));
  });

  it('is parsed into a frozen schema', () => {
    const schema = parseSchema(textOf('frozen')) as unknown as { name: string }[];
    expect(() => schema.push({ name: 'more' })).toThrow(TypeError);
    expect(() => Object.assign(schema[0] as object, { name: 'other' })).toThrow(TypeError);
  });

  it('is evicted beyond the limit, the least recently used first', () => {
    const [used, unused] = [textOf('used', 100), textOf('unused', 100)];
    const before = [parseSchema(used), parseSchema(unused)];
    for (let size = 0, index = 0; size <= MAX_REMEMBERED_CHARACTERS; index++) {
      const text = textOf(`other_${index}`, 200);
      size += text.length;
      parseSchema(text);
      parseSchema(used);
    }
    expect(parseSchema(used)).toBe(before[0]);
    expect(parseSchema(unused)).not.toBe(before[1]);
  });

  it('is not cached if it is very long', () => {
    const text = textOf('long', 1000);
    expect(parseSchema(text)).not.toBe(parseSchema(text));
  });

  it('is the value of the column', () => {
    const text = textOf('kept');
    expect(SCHEMA_AS_TEXT.to(SCHEMA_AS_TEXT.from(text))).toBe(text);
    expect(SCHEMA_AS_TEXT.to(undefined)).toBeUndefined();
  });
});
