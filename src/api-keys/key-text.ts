import { hash, randomBytes } from 'node:crypto';
import { KEY_TYPES, type KeyType } from '../auth/key-type';
import { BASE_62, checksumOf } from '../common/whole-keys';

export { isKeyText } from '../common/whole-keys';

const RANDOM_LENGTH = 30;
/** The largest multiple of the alphabet's length that fits a byte: bytes from here on would favour its first letters. */
const FAIR_BYTES = 256 - (256 % BASE_62.length);
const PREFIX_LENGTH = prefixOf('read').length;
const HINT_LENGTH = 4;
const POOL_BYTES = 4096;

/** `dakkio_a_`, `dakkio_w_` or `dakkio_r_`. */
export function prefixOf(type: KeyType): string {
  return `dakkio_${type[0]}_`;
}

/** The text of a new key: its prefix, 30 random characters (178 bits) and the checksum of both. */
export function newKeyText(type: KeyType, bytes: RandomBytes = pooledRandomBytes): string {
  const text = prefixOf(type) + randomText(RANDOM_LENGTH, bytes);
  return text + checksumOf(text);
}

type RandomBytes = (count: number) => Uint8Array;

/** Letters and digits from a cryptographic source, with 5.95 bits each. */
export function randomText(length: number, bytes: RandomBytes = pooledRandomBytes): string {
  let text = '';
  while (text.length < length) {
    for (const byte of bytes(length)) {
      if (byte < FAIR_BYTES && text.length < length) text += BASE_62[byte % BASE_62.length];
    }
  }
  return text;
}

/** The type that a well-formed key claims. */
export function typeOf(text: string): KeyType | undefined {
  return KEY_TYPES.find((type) => text.startsWith(prefixOf(type)));
}

/** What is stored of a key: SHA-256 in hex. A key has enough entropy of its own to need neither salt nor slowness. */
export function hashOf(text: string): string {
  return hash('sha256', text, 'hex');
}

/** The four characters after the prefix. */
export function hintOf(text: string): string {
  return text.slice(PREFIX_LENGTH, PREFIX_LENGTH + HINT_LENGTH);
}

/** What a list shows of a key: `dakkio_w_abc1...`. */
export function shownPrefix(type: KeyType, hint: string): string {
  return `${prefixOf(type)}${hint}...`;
}

let pool = Buffer.alloc(0);

/** Random bytes, each given once, fetched many at a time: a fetch takes longer than all the rest of a key. */
function pooledRandomBytes(count: number): Uint8Array {
  if (pool.length < count) pool = randomBytes(POOL_BYTES);
  const bytes = pool.subarray(0, count);
  pool = pool.subarray(count);
  return bytes;
}
