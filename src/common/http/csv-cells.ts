import { findHarmfulName } from '../harmful-names';

/** Converts a non-empty cell to a JSON value. An invalid cell stays as sent, and validation refuses it. */
export type ReadCell = (cell: string) => unknown;

/** Enough for every field that a table can have. */
const MAX_JSON_LEVELS = 4;

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['false', false],
  ['0', false],
  ['no', false],
]);

/** The text as sent. */
export const textCell: ReadCell = (cell) => cell;

/** `true`, `false`, `yes`, `no`, `1` or `0`, in either case: spreadsheets write `TRUE`. */
export const booleanCell: ReadCell = (cell) => BOOLEANS.get(cell.trim().toLowerCase()) ?? cell;

/** Entries separated by spaces, commas, semicolons or line breaks. */
export const listCell: ReadCell = (cell) => cell.split(/[\s,;]+/).filter((entry) => entry !== '');

/** A number in plain digits; any other text as sent. */
export const numberOrTextCell: ReadCell = (cell) => (/^\s*-?\d{1,15}(\.\d+)?\s*$/.test(cell) ? Number(cell) : cell);

/** A JSON object, or a value in the shorter form that `readOther` parses. */
export function objectCell(readOther: ReadCell = textCell): ReadCell {
  return (cell) => {
    const text = cell.trim();
    const value = text.startsWith('{') ? parsed(text) : readOther(text);
    return value === undefined || findHarmfulName(value) ? cell : value;
  };
}

function parsed(text: string): unknown {
  if (levelsOf(text) > MAX_JSON_LEVELS) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function levelsOf(text: string): number {
  let level = 0;
  let most = 0;
  for (const bracket of text.replace(/"(?:[^"\\]|\\.)*"/g, '').match(/[{[\]}]/g) ?? []) {
    level += bracket === '{' || bracket === '[' ? 1 : -1;
    most = Math.max(most, level);
  }
  return most;
}
