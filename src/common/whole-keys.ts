import { crc32 } from 'node:zlib';

export const BASE_62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHECKSUM_LENGTH = 6;
const BEGINNING = 'dakkio_';
const PATTERN = /^dakkio_[awr]_[0-9A-Za-z]{36}$/;
const CANDIDATE = /dakkio_[awr]_[0-9A-Za-z]{36}/g;
/** A percent-encoded character, also if it was encoded more than once. */
const ENCODED = /%(?:25)*([0-9A-Fa-f]{2})/g;

/** The last six characters of a key: the CRC-32 (as in zlib) of what precedes them, in base 62, padded with `0`. */
export function checksumOf(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place++) {
    digits = `${BASE_62[rest % BASE_62.length]}${digits}`;
    rest = Math.floor(rest / BASE_62.length);
  }
  return digits;
}

/** Whether a text has the format and the checksum of a key. Detects typos without a database lookup. */
export function isKeyText(text: string): boolean {
  return PATTERN.test(text) && text.endsWith(checksumOf(text.slice(0, -CHECKSUM_LENGTH)));
}

/** Finds all complete keys in a text and their positions. A key may start inside a candidate whose checksum fails. */
export function* keysIn(text: string): Generator<{ readonly index: number; readonly key: string }> {
  const candidate = new RegExp(CANDIDATE);
  for (let match = candidate.exec(text); match; match = candidate.exec(text)) {
    const [key] = match;
    if (isKeyText(key)) yield { index: match.index, key };
    else candidate.lastIndex = match.index + 1;
  }
}

/** Whether a text contains a complete key, plain or percent-encoded. */
export function containsKey(text: string): boolean {
  if (text.includes(BEGINNING) && !keysIn(text).next().done) return true;
  if (!text.includes('%')) return false;
  const decoded = text.replace(ENCODED, (_all, code: string) => String.fromCharCode(parseInt(code, 16)));
  return decoded.includes(BEGINNING) && !keysIn(decoded).next().done;
}
