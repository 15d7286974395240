import { isDeepStrictEqual } from 'node:util';
import type { Schema } from '../../sources/schema';
import type { Condition } from './condition';
import { parseCondition } from './condition-parser';
import { ConditionError } from './condition.errors';
import { printCondition, printInWords } from './print';

/** The usual text of a condition: in words, or with signs where the names of fields make words ambiguous. It parses as the same condition. */
export function normalForm(condition: Condition, schema: Schema): string {
  const words = printInWords(condition);
  try {
    if (isDeepStrictEqual(parseCondition(words, schema), condition)) return words;
  } catch (cause) {
    if (!(cause instanceof ConditionError)) throw cause;
  }
  return printCondition(condition);
}
