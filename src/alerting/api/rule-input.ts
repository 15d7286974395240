import { problemOf, ValidationError } from '../../common/errors';
import type { Condition } from '../conditions/condition';
import { parseCondition } from '../conditions/condition-parser';
import { ConditionError } from '../conditions/condition.errors';
import type { Schema } from '../../sources/schema';
import { isMasked, isMaskOf } from '../../webhooks/masked-url';
import { URL_MASKED } from './alerts.errors';

/** @throws ValidationError with where and why the condition does not parse, and an example */
export function readCondition(text: string, schema: Schema): Condition {
  try {
    return parseCondition(text, schema);
  } catch (cause) {
    if (!(cause instanceof ConditionError)) throw cause;
    const { message, place: at, expected } = cause;
    const path = ['body', 'condition'];
    throw new ValidationError([{ path, message, at, expected, errorCode: 'invalid_condition' }]);
  }
}

/**
 * The new URL of a webhook: null for none, undefined for no change. A masked URL is no change.
 *
 * @throws ValidationError for a masked URL that does not match the current one
 */
export function changedUrl(sent: string | null | undefined, before: string | null): string | null | undefined {
  if (sent === undefined || sent === null || !isMasked(sent)) return sent;
  if (before !== null && isMaskOf(sent, before)) return undefined;
  throw new ValidationError([problemOf(URL_MASKED, ['body', 'webhookUrl'])]);
}
