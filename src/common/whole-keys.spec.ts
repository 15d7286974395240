import fc from 'fast-check';
import { newKeyText } from '../api-keys/key-text';
import { containsKey, keysIn } from './whole-keys';

const key = newKeyText('write');
const mistyped = key.slice(0, -1) + (key.endsWith('0') ? '1' : '0');

it.each([
  ['alone', key],
  ['among words', `the key ${key}, please`],
  ['within a longer word', `x${key}9`],
  ['behind one that is mistyped', `${mistyped}${key}`],
  ['in a URL', `https://example.com/?key=${key}&a=1`],
  ['in percent-encoding', `https://example.com/?key=${key.replaceAll('_', '%5F')}`],
  ['encoded twice', `https://example.com/?key=${key.replaceAll('_', '%255f')}`],
])('a text contains a key: %s', (_where, text) => expect(containsKey(text)).toBe(true));

it.each([
  ['a wrong checksum', mistyped],
  ['a cut key', key.slice(0, -1)],
  ['what a list shows', `${key.slice(0, 13)}...`],
  ['an example of the documentation', 'dakkio_w_abc123def456ghi789jkl012mno345pqr678'],
  ['another type', key.replace('dakkio_w', 'dakkio_x')],
  ['percent signs', '100 % of 5%zz %'],
])('a text contains none: %s', (_what, text) => expect(containsKey(text)).toBe(false));

it('finds every key of a text where it begins, whatever stands around it', () => {
  const pieces = fc.array(fc.oneof(fc.constant(key), fc.constant(mistyped), fc.string()), { maxLength: 8 });
  fc.assert(
    fc.property(pieces, (texts) => {
      const text = texts.join('');
      const found = [...keysIn(text)];
      expect(found.length).toBeGreaterThanOrEqual(texts.filter((one) => one === key).length);
      for (const { index } of found) expect(text.slice(index, index + key.length)).toBe(key);
    }),
  );
});
