import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ValidateBy, type ValidationArguments } from 'class-validator';
import type { Problem } from '../errors';

/**
 * Returns what is wrong with a value: a sentence, or a problem whose path begins at the value. `undefined` means the value
 * is valid.
 */
export type Check = (value: unknown) => string | Problem | undefined;

/** Converts a value as sent into the value that is checked and that the handler gets. */
export type Normalise = (value: unknown) => unknown;

/** What a rule passes to the validator in class-validator's `context`. */
export interface RuleContext {
  /** Returns the problem of a value. The validator calls it in place of the rule's `validate`, which returns no path. */
  readonly check?: Check;
  /** Every sentence that the check may return. */
  readonly sentences?: readonly string[];
  /** Suggests a valid value in the reply's `details`. */
  readonly hintOf?: (value: unknown) => string | undefined;
  /** Whether the handler refuses a request without this field, although the rules accept it. */
  readonly required?: boolean;
}

export interface CheckedField {
  readonly check: Check;
  readonly sentences: readonly string[];
  /** Default: null becomes undefined. */
  readonly normalise?: Normalise;
}

/** A class-validator rule for a check that has several sentences, or that finds its problem inside the value. */
export function Checked({ check, sentences }: Omit<CheckedField, 'normalise'>): PropertyDecorator {
  const validator = {
    validate: (value: unknown) => check(value) === undefined,
    defaultMessage: (args?: ValidationArguments) => messageOf(check(args?.value)),
  };
  return ValidateBy({ name: 'checked', validator }, { context: { check, sentences } satisfies RuleContext });
}

/** A field with one rule of its own. The check gets `undefined` for a field that was not sent. */
export function CheckedBy({ normalise = nullIsAbsent, ...rule }: CheckedField): PropertyDecorator {
  return inOrder(Normalised(normalise), Checked(rule));
}

/** Converts a field's value before its rules run. A field that was not sent is not converted. */
export function Normalised(normalise: Normalise): PropertyDecorator {
  return Transform(({ value }) => normalise(value), { toClassOnly: true });
}

/** Applies decorators from first to last: rules run in this order, and the first one that fails gives the message. */
export function inOrder(...decorators: readonly PropertyDecorator[]): PropertyDecorator {
  return applyDecorators(...decorators);
}

export const nullIsAbsent: Normalise = (value) => value ?? undefined;
export const nullIsKept: Normalise = (value) => value;

/** Whether a value is a JSON object: neither a list nor null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function messageOf(result: ReturnType<Check>): string {
  return typeof result === 'object' ? result.message : (result ?? '');
}
