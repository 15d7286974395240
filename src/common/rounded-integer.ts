/** Shorter integers are below 2^53, where numbers are exact. */
export const SHORTEST_ROUNDED = 16;
/** Longer integers are parsed as Infinity. */
const LONGEST = 309;

/** Whether converting a decimal integer to a number changes its digits. */
export function isRounded(integer: string): boolean {
  const digits = integer.startsWith('-') ? integer.slice(1) : integer;
  if (digits.length < SHORTEST_ROUNDED || digits.length > LONGEST) return false;
  const shown = String(Number(digits));
  if (!shown.includes('e')) return shown !== digits;
  const [mantissa = '', exponent = ''] = shown.split('e+');
  return mantissa.replace('.', '').padEnd(Number(exponent) + 1, '0') !== digits;
}
