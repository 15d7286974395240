import { getMetadataStorage, ValidationTypes, type MetadataStorage } from 'class-validator';
import type { Problem } from '../errors';
import type { RuleContext } from './fields-rules';

/** What class-validator keeps of a decorator such as `@IsString()`. */
export type RuleMetadata = ReturnType<MetadataStorage['getTargetValidationMetadatas']>[number];

/** One rule of a field. */
export interface Rule {
  /** The messages that it may give. */
  readonly sentences: readonly string[];
  /** Returns undefined for a valid value, and otherwise the message or, for a problem inside the value, its path too. */
  readonly problemIn: (value: unknown, object: object) => string | Problem | undefined;
}

/** The types of metadata with a `validate` of their own. */
export const RULE_TYPES = [ValidationTypes.CUSTOM_VALIDATION, ValidationTypes.IS_DEFINED];
const SUPPORTED = [
  ...RULE_TYPES,
  ValidationTypes.CONDITIONAL_VALIDATION,
  ValidationTypes.NESTED_VALIDATION,
  ValidationTypes.WHITELIST,
];

/**
 * Compiles a rule of class-validator. Its own `validate` runs, as in the library.
 *
 * @throws Error for a rule without a message, which clients would see with the library's default, and for an async rule
 */
export function ruleOf({
  target,
  propertyName,
  constraintCls,
  constraints,
  message,
  each,
  context,
}: RuleMetadata): Rule {
  const { check, sentences, hintOf } = (context ?? {}) as RuleContext;
  if (check && sentences) return { sentences, problemIn: check };
  const [constraint] = getMetadataStorage().getTargetValidatorConstraints(constraintCls);
  const name = `${nameOf(target)}.${propertyName}`;
  if (!constraint || constraint.async) throw new Error(`${name} has a rule that is not synchronous`);
  if (typeof message !== 'string') throw new Error(`${name}: give ${constraint.name} a message`);
  const { instance } = constraint;
  const targetName = nameOf(target);
  // Spelled out: spreading the fixed part into a new object takes a microsecond for each rule.
  const accepts = (value: unknown, object: object) =>
    instance.validate(value, { targetName, property: propertyName, constraints, value, object }) === true;
  const refusalOf = (value: unknown) => (hintOf ? { path: [], message, hint: hintOf(value) } : message);
  return {
    sentences: [message],
    problemIn: (value, object) => {
      if (!each || !Array.isArray(value)) return accepts(value, object) ? undefined : refusalOf(value);
      const index = value.findIndex((item) => !accepts(item, object));
      return index === -1 ? undefined : { path: [index], message };
    },
  };
}

/** @throws Error for a decorator that the compiled rules would ignore */
export function requireSupported({ type, name, target, propertyName, groups, always, validateIf }: RuleMetadata): void {
  const isConditional = type === ValidationTypes.CONDITIONAL_VALIDATION && name !== 'isOptional';
  if (SUPPORTED.includes(type) && !isConditional && !(groups?.length > 0) && !always && !validateIf) return;
  throw new Error(`${nameOf(target)}.${propertyName}: ${name ?? type} is not supported with these options`);
}

function nameOf(target: RuleMetadata['target']): string {
  return typeof target === 'string' ? target : target.name;
}
