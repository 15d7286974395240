import { refusal, sentenceOf, type Refusal } from '../../common/errors';

export const CONDITION_SYNTAX = refusal(
  400,
  'invalid_condition',
  'Cannot parse the condition <where>: <expected>. Example: "<example>"',
);
export const CONDITION_STATE = refusal(
  400,
  'invalid_condition',
  '<field> is a <type> field, which supports only "is" and "is not". Example: "<example>"',
);
export const CONDITION_BOUNDS = refusal(
  400,
  'invalid_condition',
  'The lower bound <low> is above the upper bound <high>. Example: "<example>"',
);
export const CONDITION_UNIT = refusal(
  400,
  'invalid_condition',
  '<field> is in <unit>, and <written> cannot be converted to that unit. Example: "<example>"',
);
export const CONDITION_NO_UNIT = refusal(
  400,
  'invalid_condition',
  '<field> has no unit, so "<written>" cannot be converted. Leave the unit out, or set the unit of the field. Example: "<example>"',
);
export const CONDITION_DURATION = refusal(
  400,
  'invalid_condition',
  'A duration must be from 1 second to 30 days. Example: "<example>"',
);
export const CONDITION_COMPARISONS = refusal(
  400,
  'invalid_condition',
  'A condition can have at most <comparisons> comparisons. Example: "<example>"',
);

/** Every refusal of a condition. */
export const CONDITION_ERRORS = [
  CONDITION_SYNTAX,
  CONDITION_STATE,
  CONDITION_BOUNDS,
  CONDITION_UNIT,
  CONDITION_NO_UNIT,
  CONDITION_DURATION,
  CONDITION_COMPARISONS,
];

/** Where a condition does not parse, and what could stand there. */
export interface ConditionProblem {
  /** Offsets `[start, end)` in the text, in UTF-16 code units. At the end of the text both are its length. */
  readonly place: { readonly start: number; readonly end: number };
  /** Words that would take the parser further at this place. Empty where the text should end, or have less. */
  readonly expected: readonly string[];
}

/** A condition that cannot be parsed. The message says where, what was expected, and ends with an example that parses. */
export class ConditionError extends Error implements ConditionProblem {
  /** The offset in the text, in UTF-16 code units. */
  readonly at: number;
  readonly place: ConditionProblem['place'];
  readonly expected: ConditionProblem['expected'];

  constructor(refused: Refusal, { place, expected }: ConditionProblem, words: Readonly<Record<string, string>> = {}) {
    super(sentenceOf(refused, words));
    this.at = place.start;
    this.place = place;
    this.expected = expected;
  }
}
