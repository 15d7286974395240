import { isRounded } from '../common/rounded-integer';
import type { Field } from '../sources/schema';

const TRUE = new Set(['true', 't', 'yes', 'y', 'on', '1']);
const FALSE = new Set(['false', 'f', 'no', 'n', 'off', '0']);
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const COMMA = /^[+-]?(\d+),(\d+)$/;
const POINT = /^[+-]?\d*\.\d+$/;

export type Decimal = '.' | ',';

/** Reads a cell as the type of its field. Returns invalid text as it is, and the check of the field rejects it. */
export function readCell(cell: string, type: Field['type'], decimal: Decimal): unknown {
  if (type === 'string') return cell;
  return type === 'boolean' ? readBoolean(cell) : readNumber(cell, decimal);
}

function readBoolean(cell: string): unknown {
  const word = cell.trim().toLowerCase();
  if (TRUE.has(word)) return true;
  return FALSE.has(word) ? false : cell;
}

/** Returns a bigint for an integer that a number would round. */
function readNumber(cell: string, decimal: Decimal): unknown {
  const trimmed = cell.trim();
  // With a decimal comma, a point could be a thousands separator.
  const text = decimal === '.' ? trimmed : trimmed.includes('.') ? '' : trimmed.replace(',', '.');
  if (!NUMBER.test(text)) return cell;
  const integer = text.replace(/^\+/, '').replace(/^(-?)0+(?=\d)/, '$1');
  return /^-?\d+$/.test(integer) && isRounded(integer) ? BigInt(integer) : Number(text);
}

/** Whether numeric cells have a decimal comma that cannot be a thousands separator. */
export function hasDecimalComma(cells: readonly string[]): boolean {
  const trimmed = cells.map((cell) => cell.trim());
  if (trimmed.some((cell) => POINT.test(cell))) return false;
  return trimmed.some((cell) => {
    const [, whole = '', fraction = ''] = COMMA.exec(cell) ?? [];
    return whole !== '' && (fraction.length !== 3 || whole.length > 3 || whole === '0');
  });
}
