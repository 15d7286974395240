import { BACKSLASH, INCOMPLETE, NEWLINE, QUOTE, unescaped } from './bytes';

/** As in InfluxDB. */
export const MAX_TEXT_BYTES = 65_536;
const ESCAPED = [QUOTE, BACKSLASH];

/** What was read. */
export interface TextRead {
  value: string;
  newlines: number;
  /** Whether it has bytes beyond ASCII. */
  isWide: boolean;
  /** Why the text cannot be stored; empty if it can. */
  problem: string;
}

/** Reads a text from its opening quote on. @returns the place after its closing quote, or `INCOMPLETE` */
export function readText(bytes: Buffer, start: number, into: TextRead): number {
  into.newlines = 0;
  into.isWide = false;
  let hasNul = false;
  let hasEscapes = false;
  let at = start + 1;
  for (; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) break;
    if (byte >= 0x80) into.isWide = true;
    else if (byte === NEWLINE) into.newlines += 1;
    else if (byte === 0) hasNul = true;
    else if (byte === BACKSLASH) {
      hasEscapes = true;
      if (ESCAPED.includes(bytes[at + 1] as number)) at += 1;
    }
  }
  if (at >= bytes.length) return INCOMPLETE;
  into.problem = hasNul ? 'a text contains a NUL character' : '';
  if (at - start - 1 > MAX_TEXT_BYTES) into.problem = 'a text is longer than 64 KiB';
  if (into.problem === '')
    into.value = hasEscapes ? unescaped(bytes, start + 1, at, ESCAPED) : bytes.toString('utf8', start + 1, at);
  return at + 1;
}
