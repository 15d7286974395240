import fc from 'fast-check';
import { newKeyText } from '../api-keys/key-text';
import { redactKeys } from './redact';

const aKey = fc.constantFrom('admin', 'write', 'read').map((type) => newKeyText(type as 'read'));
const percent = (character: string, times: number) => {
  let text = `%${character.charCodeAt(0).toString(16)}`;
  for (let time = 1; time < times; time++) text = text.replaceAll('%', '%25');
  return text;
};

it('cuts a key in a URL, whichever of its characters are encoded, once or again', () => {
  const how = fc.array(fc.record({ times: fc.nat(4), upper: fc.boolean() }), { minLength: 45, maxLength: 45 });
  fc.assert(
    fc.property(aKey, how, (key, ways) => {
      const text = [...key].map((character, index) => {
        const { times = 0, upper = false } = ways[index] ?? {};
        const encoded = times === 0 ? character : percent(character, times);
        return upper && times > 0 ? encoded.toUpperCase() : encoded;
      });
      expect(redactKeys(`GET /x?key=${text.join('')}&b=%20`)).toBe(`GET /x?key=${key.slice(0, 13)}...&b=%20`);
    }),
  );
});

describe('a key in Base64', () => {
  const befores = Array.from({ length: 9 }, (_, length) => 'user:äb:xyz'.slice(0, length));
  const afters = ['', ':', '\n', '&b=1', 'ä', '~~~???'];

  it.each(['base64', 'base64url'] as const)('leaves nothing of its secret in %s, wherever it begins', (encoding) => {
    for (const before of befores)
      for (const after of afters) {
        const key = newKeyText('write');
        const encoded = Buffer.from(before + key + after).toString(encoding);
        for (const text of [encoded, `Basic ${encoded}`, `{"a":"${encoded}"}`, encodeURIComponent(`x=${encoded}`)]) {
          const redacted = redactKeys(text);
          for (const kept of redacted.match(/[0-9A-Za-z+/_-]+/g) ?? [])
            expect([text, Buffer.from(kept, encoding).toString().includes('akkio')]).toEqual([text, false]);
          // Five characters of it would be four bytes of the secret.
          for (let at = 0; at + 5 <= encoded.length; at++) {
            const part = encoded.slice(at, at + 5);
            const isOfSecret =
              at * 6 >= (Buffer.byteLength(before) + 9) * 8 && (at + 5) * 6 <= (Buffer.byteLength(before) + 45) * 8;
            if (isOfSecret) expect(redacted).not.toContain(part);
          }
        }
      }
  });

  it('is found percent-encoded too', () => {
    const encoded = Buffer.from(`user:${newKeyText('read')}`).toString('base64');
    const text = [...encoded].map((character) => percent(character, 1)).join('');
    expect(redactKeys(`a=${text}`)).toMatch(/^a=(%[0-9a-f]{2}|%){5,12}\.\.\.$/);
  });
});

it('keeps JSON valid', () => {
  const encoded = Buffer.from(`x${newKeyText('read')}`).toString('base64');
  for (const text of [
    `\u001d${newKeyText('write').slice(1)}`,
    `\u0002${encoded.slice(2)}`,
    `\n${encoded}`,
    `"${encoded}"`,
  ])
    expect(() => JSON.parse(redactKeys(JSON.stringify({ text }))) as unknown).not.toThrow();
});

it.each([
  'dakkio_w_abc',
  'ZGFra2lv',
  Buffer.from('dakkio is a server').toString('base64'),
  '100% of it, %41%20',
  Buffer.from('nothing of the kind'.repeat(20)).toString('base64'),
])('leaves %s as it is', (text) => expect(redactKeys(text)).toBe(text));

it('takes time in proportion to the length of the text', () => {
  const hostile = ['%', '%25', '%2525', 'd', 'dakkio_', '%64%61', 'ZGFra2lvX', 'ZGFra2lv', 'dakkio_w_', 'a'];
  for (const part of hostile) {
    const text = part.repeat(1_000_000 / part.length);
    const startedAt = performance.now();
    redactKeys(text);
    expect([part, performance.now() - startedAt < 1000]).toEqual([part, true]);
  }
});
