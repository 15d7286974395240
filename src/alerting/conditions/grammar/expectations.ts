import type { Field } from '../../../sources/schema';
import { printName } from '../print';
import { CANONICAL } from './comparisons';

/** Words that can stand at the place of an error, in the form in which they would be written there. */
export type Expected = readonly string[];

/** The most words that are listed for one place. */
export const MAX_EXPECTED = 20;
export const JOINED: Expected = ['and', 'or', 'for'];
export const DURATIONS: Expected = ['5 minutes', '1 hour'];
export const COMPARISON_SIGNS: Expected = ['<', '<=', '>', '>=', '=', '!='];

/** The comparisons that a field supports. */
export function comparisonsFor(field: Field | undefined): Expected {
  return field && field.type !== 'number' ? [CANONICAL.eq, CANONICAL.ne] : Object.values(CANONICAL);
}

export function namesOf(fields: readonly Field[]): Expected {
  return fields.map(({ name }) => printName(name));
}

/** The words in this order, each once and no more than are listed. */
export function listed(...words: readonly (string | undefined)[]): Expected {
  return [...new Set(words.filter((word) => word !== undefined))].slice(0, MAX_EXPECTED);
}
