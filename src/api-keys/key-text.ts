import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { KEY_TYPES, type KeyType } from '../access/key-type';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 30;
const CHECKSUM_LENGTH = 6;
/** The largest multiple of the alphabet's length that fits a byte: bytes from here on would favour its first letters. */
const FAIR_BYTES = 256 - (256 % ALPHABET.length);
const PATTERN = /^dakkio_[awr]_[0-9A-Za-z]{36}$/;
const PREFIX_LENGTH = prefixOf('read').length;
const HINT_LENGTH = 4;
const POOL_BYTES = 4096;

/** `dakkio_a_`, `dakkio_w_` or `dakkio_r_`. */
export function prefixOf(type: KeyType): string {
  return `dakkio_${type[0]}_`;
}

/** The text of a new key: its prefix, 30 random characters (178 bits) and the checksum of both. */
export function newKeyText(type: KeyType, bytes: (count: number) => Uint8Array = pooledRandomBytes): string {
  let text = prefixOf(type);
  while (text.length < PREFIX_LENGTH + RANDOM_LENGTH) {
    for (const byte of bytes(RANDOM_LENGTH)) {
      if (byte < FAIR_BYTES && text.length < PREFIX_LENGTH + RANDOM_LENGTH) text += ALPHABET[byte % ALPHABET.length];
    }
  }
  return text + checksumOf(text);
}

/** Whether a text has the form of a key and its checksum fits: what a typing error breaks, without a look-up. */
export function isKeyText(text: string): boolean {
  return PATTERN.test(text) && text.endsWith(checksumOf(text.slice(0, -CHECKSUM_LENGTH)));
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

/** CRC-32 (as in zlib) in base 62, big-endian, padded with `0` to six characters. */
function checksumOf(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place++) {
    digits = `${ALPHABET[rest % ALPHABET.length]}${digits}`;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return digits;
}
