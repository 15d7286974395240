import { createCipheriv, createHash } from 'node:crypto';
import fc from 'fast-check';
import { repetitions } from '../../test/support/repetitions';
import { KEY_TYPES } from '../auth/key-type';
import { hashOf, hintOf, isKeyText, newKeyText, prefixOf, shownPrefix, typeOf } from './key-text';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const TYPEABLE = [...ALPHABET, ...'_-. /+=~!@é'];
const STREAM_BYTES = 4096;
/** Far fewer would show a byte that is taken modulo 62: it favours eight characters by a quarter. */
const MANY_KEYS = repetitions(200_000, 1_000_000);

/** Bytes that are the same at each run: the stream of a cipher whose key is the seed. */
function seededBytes(seed: string): (count: number) => Uint8Array {
  const key = createHash('sha256').update(seed).digest();
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  let pool = Buffer.alloc(0);
  return (count) => {
    if (pool.length < count) pool = Buffer.concat([pool, stream.update(Buffer.alloc(STREAM_BYTES))]);
    const bytes = pool.subarray(0, count);
    pool = pool.subarray(count);
    return bytes;
  };
}

const aKey = fc
  .tuple(fc.constantFrom(...KEY_TYPES), fc.string({ minLength: 8, maxLength: 20 }))
  .map(([type, seed]) => newKeyText(type, seededBytes(seed)));

describe('the text of a key', () => {
  it.each(KEY_TYPES)('has the form of a %s key', (type) => {
    const key = newKeyText(type);
    expect(key).toMatch(new RegExp(`^${prefixOf(type)}[0-9A-Za-z]{36}$`));
    expect([isKeyText(key), typeOf(key)]).toEqual([true, type]);
    expect(shownPrefix(type, hintOf(key))).toBe(`${key.slice(0, 13)}...`);
  });

  it('ends with the checksum that the recipe gives', () => {
    // CRC-32 of "dakkio_w_" and thirty zeros is 0x05799692, by Python's zlib, and in base 62 what stands below.
    const key = newKeyText('write', (count) => new Uint8Array(count));
    expect(key).toBe(`dakkio_w_${'0'.repeat(30)}06DPXu`);
  });

  it('is refused with any one character mistyped', () => {
    fc.assert(
      fc.property(aKey, (key) => {
        for (let place = 0; place < key.length; place++) {
          for (const letter of TYPEABLE) {
            if (letter !== key[place] && isKeyText(key.slice(0, place) + letter + key.slice(place + 1))) return false;
          }
        }
        return true;
      }),
      { numRuns: 100 },
    );
  });

  it('is refused with any two unequal neighbours swapped', () => {
    fc.assert(
      fc.property(aKey, (key) =>
        [...key].every((letter, place) => {
          const next = key[place + 1];
          return (
            next === undefined ||
            next === letter ||
            !isKeyText(key.slice(0, place) + next + letter + key.slice(place + 2))
          );
        }),
      ),
      { numRuns: repetitions(200, 2000) },
    );
  });

  it('is refused with a character missing or one too many', () => {
    fc.assert(
      fc.property(aKey, fc.nat(44), fc.constantFrom(...TYPEABLE), (key, place, letter) => {
        const shorter = key.slice(0, place) + key.slice(place + 1);
        const longer = key.slice(0, place) + letter + key.slice(place);
        return !isKeyText(shorter) && !isKeyText(longer);
      }),
    );
  });

  it.each([
    '',
    'dakkio_w_',
    'dakkio_x_0000000000000000000000000000000000',
    `${newKeyText('read')}\n`,
    `${newKeyText('read')}, ${newKeyText('read')}`,
  ])('is refused where it is %j', (text) => expect(isKeyText(text)).toBe(false));

  it(`favours no character: ${MANY_KEYS} keys, p > 1e-9`, () => {
    const bytes = seededBytes('bias');
    const counts = new Uint32Array(128);
    for (let i = 0; i < MANY_KEYS; i++) {
      const key = newKeyText('read', bytes);
      for (let place = 9; place < 39; place++) counts[key.charCodeAt(place)]! += 1;
    }
    const expected = (MANY_KEYS * 30) / ALPHABET.length;
    const chiSquared = [...ALPHABET].reduce(
      (sum, letter) => sum + (counts[letter.charCodeAt(0)]! - expected) ** 2 / expected,
      0,
    );
    // The chi-squared value that 61 degrees of freedom exceed with a probability of 1e-9.
    expect(chiSquared).toBeLessThan(152.0);
  });

  it('is stored as its SHA-256', () => {
    expect(hashOf('dakkio_r_abc')).toBe(createHash('sha256').update('dakkio_r_abc').digest('hex'));
  });
});
