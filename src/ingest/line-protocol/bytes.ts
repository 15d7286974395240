export const TAB = 0x09;
export const NEWLINE = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const HASH = 0x23;
export const PLUS = 0x2b;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const POINT = 0x2e;
export const ZERO = 0x30;
export const NINE = 0x39;
export const EQUALS = 0x3d;
export const BACKSLASH = 0x5c;
export const DELETE = 0x7f;

/** The line is incomplete: more bytes are needed. */
export const INCOMPLETE = -1;
/** The line breaks a rule. */
export const INVALID = -2;

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

export function afterSpaces(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] === SPACE) at += 1;
  return at;
}

/** @returns the place after a line end, `INCOMPLETE`, or `INVALID` if there is something else */
export function afterLineEnd(bytes: Buffer, at: number): number {
  if (at >= bytes.length) return INCOMPLETE;
  if (bytes[at] === NEWLINE) return at + 1;
  if (bytes[at] !== CARRIAGE_RETURN) return INVALID;
  if (at + 1 >= bytes.length) return INCOMPLETE;
  return bytes[at + 1] === NEWLINE ? at + 2 : INVALID;
}

/** The text of bytes in which a backslash makes the next byte literal, if it is one of `escaped`; else the backslash stays. */
export function unescaped(bytes: Buffer, start: number, end: number, escaped: readonly number[]): string {
  const first = bytes.subarray(start, end).indexOf(BACKSLASH);
  if (first === -1) return bytes.toString('utf8', start, end);
  const kept = Buffer.allocUnsafe(end - start);
  let length = 0;
  for (let at = start; at < end; at++) {
    if (bytes[at] === BACKSLASH && at + 1 < end && escaped.includes(bytes[at + 1] as number)) at += 1;
    kept[length++] = bytes[at] as number;
  }
  return kept.toString('utf8', 0, length);
}
