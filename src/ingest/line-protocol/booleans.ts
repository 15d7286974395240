import { INVALID } from './bytes';

const LONGEST = 'false'.length;
const BOOLEANS = new Map<string, boolean>([
  ...['t', 'T', 'true', 'True', 'TRUE'].map((text) => [text, true] as const),
  ...['f', 'F', 'false', 'False', 'FALSE'].map((text) => [text, false] as const),
]);

/** A boolean that was read. */
export interface BooleanRead {
  value: boolean;
}

/** Reads one of the ten spellings. @returns the place after it, or `INVALID` */
export function readBoolean(bytes: Buffer, start: number, into: BooleanRead): number {
  let end = start;
  while (end < bytes.length && end - start <= LONGEST && isLetter(bytes[end] as number)) end += 1;
  const value = BOOLEANS.get(bytes.toString('latin1', start, end));
  if (value === undefined) return INVALID;
  into.value = value;
  return end;
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}
