import type { FieldValue } from '../../ingest/line-protocol/point-parser';

/** Texts of switches and of the availability of a device, in lower case. */
const BOOLEANS = new Map([
  ...['on', 'true', 'online'].map((text) => [text, true] as const),
  ...['off', 'false', 'offline'].map((text) => [text, false] as const),
]);
/** What devices send while they have no value. */
const NO_VALUES = new Set(['', 'nan', 'null', 'none']);
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/;
const LONGEST_NUMBER = 40;
const LONGEST_WORD = 7;

/** The value of a payload that is one plain text; undefined if it means none. */
export function plainValueOf(text: string): FieldValue | undefined {
  const trimmed = text.trim();
  if (trimmed.length <= LONGEST_WORD) {
    const word = trimmed.toLowerCase();
    if (NO_VALUES.has(word)) return undefined;
    const boolean = BOOLEANS.get(word);
    if (boolean !== undefined) return boolean;
  }
  if (trimmed.length <= LONGEST_NUMBER && NUMBER.test(trimmed) && Number.isFinite(Number(trimmed)))
    return Number(trimmed);
  return text;
}
