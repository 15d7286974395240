import type { Value } from '../points/values';

type Operand = Value | null | undefined;

/** The result of an operator. Null where a value is missing or not a number; division by zero is 0, as in InfluxDB. */
export function arithmetic(operator: string, one: Operand, other: Operand): number | boolean | null {
  if (typeof one === 'boolean' && typeof other === 'boolean') return ofBooleans(operator, one, other);
  if (typeof one !== 'number' || typeof other !== 'number') return null;
  switch (operator) {
    case '+':
      return one + other;
    case '-':
      return one - other;
    case '*':
      return one * other;
    case '/':
      return other === 0 ? 0 : one / other;
    case '%':
      return other === 0 ? null : one % other;
    default:
      return ofBits(operator, one, other);
  }
}

function ofBits(operator: string, one: number, other: number): number | null {
  if (!Number.isSafeInteger(one) || !Number.isSafeInteger(other)) return null;
  const [first, second] = [BigInt(one), BigInt(other)];
  if (operator === '&') return Number(first & second);
  if (operator === '|') return Number(first | second);
  return operator === '^' ? Number(first ^ second) : null;
}

function ofBooleans(operator: string, one: boolean, other: boolean): boolean | null {
  if (operator === '&') return one && other;
  if (operator === '|') return one || other;
  return operator === '^' ? one !== other : null;
}
