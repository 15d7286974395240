import { INVALID, isDigit, MINUS, NINE, PLUS, POINT, ZERO } from './bytes';

/** Integers up to this many digits are exact, and so is their quotient by a power of ten up to 10^22 before it is rounded. */
const EXACT_DIGITS = 15;
const POWERS = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
const INTEGER = 0x69;
const UNSIGNED = 0x75;
const EXPONENT = 0x65;
const UPPER_EXPONENT = 0x45;
const LONGEST_EXACT_INTEGER = 18;
const MAX_INTEGER = 2n ** 63n;
const MAX_UNSIGNED = 2n ** 64n;

/** A number that was read. */
export interface NumberRead {
  value: number;
}

/** Reads `1`, `-1.5e3`, `1i` or `1u`. @returns the place after it, or `INVALID`, also for one out of range */
export function readNumber(bytes: Buffer, start: number, into: NumberRead): number {
  const { length } = bytes;
  const isNegative = bytes[start] === MINUS;
  const first = isNegative ? start + 1 : start;
  let at = first;
  let mantissa = 0;
  for (; at < length; at++) {
    const byte = bytes[at] as number;
    if (byte < ZERO || byte > NINE) break;
    mantissa = mantissa * 10 + (byte - ZERO);
  }
  let digits = at - first;
  if (bytes[at] === INTEGER || bytes[at] === UNSIGNED) return readInteger(bytes, { start, first, end: at }, into);
  let decimals = 0;
  if (bytes[at] === POINT) {
    for (at += 1; at < length; at++, decimals++) {
      const byte = bytes[at] as number;
      if (byte < ZERO || byte > NINE) break;
      mantissa = mantissa * 10 + (byte - ZERO);
    }
    digits += decimals;
  }
  if (digits === 0) return INVALID;
  const hasExponent = bytes[at] === EXPONENT || bytes[at] === UPPER_EXPONENT;
  if (hasExponent) {
    at += 1;
    if (bytes[at] === PLUS || bytes[at] === MINUS) at += 1;
    const exponent = at;
    while (isDigit(bytes[at])) at += 1;
    if (at === exponent) return INVALID;
  }
  if (!hasExponent && digits <= EXACT_DIGITS) {
    const value = decimals === 0 ? mantissa : mantissa / (POWERS[decimals] as number);
    into.value = isNegative ? -value : value;
  } else into.value = Number(bytes.toString('latin1', start, at));
  return Number.isFinite(into.value) ? at : INVALID;
}

function readInteger(
  bytes: Buffer,
  { start, first, end }: { readonly start: number; readonly first: number; readonly end: number },
  into: NumberRead,
): number {
  const isUnsigned = bytes[end] === UNSIGNED;
  const isNegative = first > start;
  if (end === first || (isUnsigned && isNegative)) return INVALID;
  const text = bytes.toString('latin1', start, end);
  into.value = Number(text);
  if (end - first <= LONGEST_EXACT_INTEGER) return end + 1;
  // Leading zeros could make it as long as the body, and BigInt takes quadratic time.
  if (Math.abs(into.value) > 2 ** 65) return INVALID;
  const value = BigInt(withoutZeros(text, isNegative));
  const isInRange = isUnsigned ? value < MAX_UNSIGNED : value < MAX_INTEGER + (isNegative ? 1n : 0n);
  return isInRange ? end + 1 : INVALID;
}

/** The digits of an integer without its sign and leading zeros. */
function withoutZeros(text: string, isNegative: boolean): string {
  let from = isNegative ? 1 : 0;
  while (from < text.length - 1 && text[from] === '0') from += 1;
  return text.slice(from);
}
