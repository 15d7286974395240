import { refusal, sentenceOf, type Refusal } from '../../common/errors';

export const CONDITION_NOT_UNDERSTOOD = refusal(
  400,
  'The condition was not understood <where>: <expected>. Example: "<example>"',
);
export const CONDITION_STATE = refusal(
  400,
  '<field> is a <type>: it can be compared with "is" and "is not" only. Example: "<example>"',
);
export const CONDITION_BOUNDS = refusal(
  400,
  'The lower bound <low> is above the upper bound <high>. Example: "<example>"',
);
export const CONDITION_UNIT = refusal(400, '<field> is in <unit>, not in <said>. Example: "<example>"');
export const CONDITION_NO_UNIT = refusal(
  400,
  '<field> has no unit, so "<said>" does not say which number to compare with. Write the number without a unit, or give the field one. Example: "<example>"',
);
export const CONDITION_TIME = refusal(400, 'A time must be from 1 second to 30 days. Example: "<example>"');
export const CONDITION_SIDES = refusal(400, 'A condition joins at most <sides> comparisons. Example: "<example>"');

/** What a condition is refused with. */
export const OF_CONDITIONS = [
  CONDITION_NOT_UNDERSTOOD,
  CONDITION_STATE,
  CONDITION_BOUNDS,
  CONDITION_UNIT,
  CONDITION_NO_UNIT,
  CONDITION_TIME,
  CONDITION_SIDES,
];

/** A sentence that was not understood. The message says what, where, and how it might be said. */
export class ConditionError extends Error {
  /** @param at where in the sentence, in characters from 0 on */
  constructor(
    parsed: Refusal,
    readonly at: number,
    words: Readonly<Record<string, string>> = {},
  ) {
    super(sentenceOf(parsed, words));
  }
}
