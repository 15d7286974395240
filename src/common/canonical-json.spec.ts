import fc from 'fast-check';
import { canonicalJson } from './canonical-json';

it.each([
  ['names out of order', { b: 1, a: 2 }, '{"a":2,"b":1}'],
  ['names out of order deep inside', { a: [{ d: 1, c: { f: 1, e: 2 } }] }, '{"a":[{"c":{"e":2,"f":1},"d":1}]}'],
  ['what is undefined', { a: undefined, b: null }, '{"b":null}'],
  ['a list, whose order stays', [2, 1], '[2,1]'],
  ['a time', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
  ['names that are numbers', { b: 1, 2: 1, 10: 1 }, '{"2":1,"10":1,"b":1}'],
  ['nothing', undefined, 'null'],
])('writes %s', (_what, value, text) => {
  expect(canonicalJson(value)).toBe(text);
});

it('writes an object of a class as any other', () => {
  class Wanted {
    readonly b = 1;
    readonly a = 2;
  }
  expect(canonicalJson(new Wanted())).toBe('{"a":2,"b":1}');
});

it('is the same however the names were ordered, and means the same value', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const turned = Object.fromEntries(Object.entries(value).reverse());
      expect(canonicalJson(turned)).toBe(canonicalJson(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
