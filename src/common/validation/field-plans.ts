import type { Type } from '@nestjs/common';
import { TransformationType, type TransformFnParams } from 'class-transformer';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage';
import { ARRAY_MAX_SIZE, getMetadataStorage, ValidationTypes } from 'class-validator';
import type { Problem } from '../errors';
import type { RuleContext } from './fields-rules';
import { requireSupported, RULE_TYPES, ruleOf, type Rule, type RuleMetadata } from './library-rules';

/** The class that validates a field's value, or each item of it. */
export type Nested =
  | { readonly dto: Type; readonly list: false }
  | { readonly dto: Type; readonly list: true; readonly most: number; readonly itemMessage: string };

/** How one field of a DTO is converted and validated, compiled from the decorators on it. */
export interface FieldPlan {
  readonly field: string;
  /** The messages of its rules, without those of nested fields. */
  readonly sentences: readonly string[];
  readonly nested: Nested | undefined;
  /** Whether the handler refuses a request without this field, although the rules accept it. */
  readonly required: boolean;
  /** Whether null and undefined skip the rules, as with `@IsOptional`. */
  readonly optional: boolean;
  readonly rules: readonly Rule[];
  readonly transforms: readonly Transform[];
}

type Transform = (params: TransformFnParams) => unknown;

const compiled = new WeakMap<object, readonly FieldPlan[]>();

/** The fields of a DTO, inherited ones first. A DTO has no other fields: the rest of a request is unknown. */
export function fieldsOf(dto: Type): readonly FieldPlan[] {
  let plans = compiled.get(dto);
  if (!plans) compiled.set(dto, (plans = compile(dto)));
  return plans;
}

/** The messages of a DTO's rules, at every depth. */
export function sentencesOf(dto: Type): readonly string[] {
  return fieldsOf(dto).flatMap(({ sentences, nested }) => [...sentences, ...(nested ? sentencesOf(nested.dto) : [])]);
}

/** The value of a field for the handler, before it is validated. */
export function normalisedBy({ field, transforms }: FieldPlan, value: unknown, obj: object): unknown {
  let result = value;
  for (const transform of transforms)
    result = transform({ value: result, key: field, obj, type: TransformationType.PLAIN_TO_CLASS, options: {} });
  return result;
}

/** The first problem of a value: its path begins at the value. */
export function problemIn({ optional, rules }: FieldPlan, value: unknown, object: object): Problem | undefined {
  if (optional && (value === undefined || value === null)) return undefined;
  for (const rule of rules) {
    const problem = rule.problemIn(value, object);
    if (problem) return typeof problem === 'string' ? { path: [], message: problem } : problem;
  }
  return undefined;
}

function compile(dto: Type): FieldPlan[] {
  const byField = new Map<string, RuleMetadata[]>();
  for (const type of ancestryOf(dto)) {
    const own = declaredBy(type);
    // Rules of a field that a class declares again replace the inherited ones.
    for (const { propertyName } of own) byField.set(propertyName, []);
    for (const metadata of own) byField.get(metadata.propertyName)?.push(metadata);
  }
  return [...byField].map(([field, metadatas]) => planOf(dto, field, metadatas));
}

function ancestryOf(dto: Type): Type[] {
  const parent = Object.getPrototypeOf(dto) as Type;
  return parent === Function.prototype ? [dto] : [...ancestryOf(parent), dto];
}

function declaredBy(dto: Type): RuleMetadata[] {
  const metadatas = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  return metadatas.filter(({ target }) => target === dto);
}

function planOf(dto: Type, field: string, metadatas: readonly RuleMetadata[]): FieldPlan {
  metadatas.forEach(requireSupported);
  const rules = metadatas.filter(({ type }) => RULE_TYPES.includes(type)).map(ruleOf);
  const nested = nestedOf(dto, field, metadatas);
  const itemMessages = nested?.list ? [nested.itemMessage] : [];
  const transforms = defaultMetadataStorage.findTransformMetadatas(dto, field, TransformationType.PLAIN_TO_CLASS);
  return {
    field,
    rules,
    nested,
    sentences: [...new Set([...rules.flatMap(({ sentences }) => sentences), ...itemMessages])],
    required: metadatas.some(({ context }) => (context as RuleContext | undefined)?.required === true),
    optional: metadatas.some(({ type }) => type === ValidationTypes.CONDITIONAL_VALIDATION),
    transforms: transforms.map(({ transformFn }) => transformFn as Transform),
  };
}

function nestedOf(dto: Type, field: string, metadatas: readonly RuleMetadata[]): Nested | undefined {
  const nested = metadatas.find(({ type }) => type === ValidationTypes.NESTED_VALIDATION);
  if (!nested) return undefined;
  const type = defaultMetadataStorage.findTypeMetadata(dto, field)?.typeFunction() as Type | undefined;
  if (!type) throw new Error(`${dto.name}.${field} needs @Type beside @ValidateNested`);
  if (!nested.each) return { dto: type, list: false };
  const most = metadatas.find(({ name }) => name === ARRAY_MAX_SIZE)?.constraints[0] as number | undefined;
  if (most === undefined || typeof nested.message !== 'string')
    throw new Error(`${dto.name}.${field} needs @ArrayMaxSize, and @ValidateNested a message for items`);
  return { dto: type, list: true, most, itemMessage: nested.message };
}
