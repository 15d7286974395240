import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { ID_PATTERN } from '../ids';
import { hintFor } from '../nearest';
import { CheckedBy, inOrder, Normalised, nullIsAbsent, type RuleContext } from './fields-rules';

export interface ChoiceBounds {
  readonly values: readonly string[];
  readonly required: boolean;
  /** The sentence for every other value. */
  readonly message: string;
  /** Whether `details` suggests the nearest value. Default: true. */
  readonly hasHint?: boolean;
}

/** One of several words. */
export function ChoiceField(
  { values, required, message, hasHint = true }: ChoiceBounds,
  docs: ApiPropertyOptions,
): PropertyDecorator {
  const context: RuleContext = hasHint ? { hintOf: (value) => hintFor(value, values) } : {};
  const property = { enum: values, ...docs } as ApiPropertyOptions;
  return inOrder(
    documented(required, property),
    Normalised(nullIsAbsent),
    ...optionalUnless(required),
    IsIn(values, { message, context }),
  );
}

export interface NumberBounds {
  readonly label: string;
  readonly least: number;
  readonly most: number;
}

export interface BodyNumberBounds extends NumberBounds {
  readonly required?: boolean;
  /** Whether the handler gets `null`, to clear the field. Otherwise null means that the field is not given. */
  readonly clearable?: boolean;
}

/** A whole number in a JSON body. Optional by default. */
export function WholeNumberField(
  { label, least, most, required = false, clearable = false }: BodyNumberBounds,
  docs: ApiPropertyOptions,
): PropertyDecorator {
  const message = `${label} must be a whole number from ${least} to ${most}${clearable ? ', or null' : ''}`;
  const property = { type: 'integer', minimum: least, maximum: most, nullable: clearable, ...docs };
  return inOrder(
    documented(required, property as ApiPropertyOptions),
    ...absentUnless(clearable),
    ...optionalUnless(required),
    ...wholeNumber(least, most, message),
  );
}

/** An optional whole number in a query string, in digits only. */
export function QueryNumberField({ label, least, most }: NumberBounds, docs: ApiPropertyOptions): PropertyDecorator {
  return inOrder(
    ApiPropertyOptional({ type: 'integer', minimum: least, maximum: most, ...docs }),
    Normalised((value) => (typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value)),
    IsOptional(),
    ...wholeNumber(least, most, `${label} must be a whole number from ${least} to ${most}`),
  );
}

function wholeNumber(least: number, most: number, message: string): PropertyDecorator[] {
  return [IsInt({ message }), Min(least, { message }), Max(most, { message })];
}

/** An optional true or false. */
export function BooleanField({ label }: { readonly label: string }, docs: ApiPropertyOptions): PropertyDecorator {
  return inOrder(
    ApiPropertyOptional({ type: Boolean, ...docs }),
    Normalised(nullIsAbsent),
    IsOptional(),
    IsBoolean({ message: `${label} must be true or false` }),
  );
}

const FLAGS = new Map<unknown, boolean>([
  ['0', false],
  ['1', true],
  ['false', false],
  ['true', true],
]);

/** An optional switch in a query string, off by default: 0, 1, true or false. */
export function QueryFlagField(label: string, docs: { readonly description: string }): PropertyDecorator {
  const said = `${label} must be 0, 1, true or false`;
  return applyDecorators(
    ApiPropertyOptional({ type: String, enum: [...FLAGS.keys()], default: '0', ...docs }),
    CheckedBy({
      check: (value) => (value === undefined || typeof value === 'boolean' ? undefined : said),
      sentences: [said],
      normalise: (value) => FLAGS.get(value) ?? value,
    }),
  );
}

/** An optional true or false in a query string. */
export function QueryBooleanField({ label }: { readonly label: string }, docs: ApiPropertyOptions): PropertyDecorator {
  return inOrder(
    ApiPropertyOptional({ type: Boolean, ...docs }),
    Normalised((value) => (value === 'true' ? true : value === 'false' ? false : value)),
    IsOptional(),
    IsBoolean({ message: `${label} must be true or false` }),
  );
}

export interface IdDocs {
  readonly required?: boolean;
  readonly description?: string;
}

/** An id. Upper-case hex is accepted and becomes lower-case. */
export function IdField(
  label: string,
  example: string,
  { required = true, description = `The ${label}, 24 hex characters` }: IdDocs = {},
): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: String, description, pattern: '^[0-9a-fA-F]{24}$', example, required }),
    Normalised((value) => (typeof value === 'string' ? value.toLowerCase() : nullIsAbsent(value))),
    ...optionalUnless(required),
    // Not @IsMongoId, which accepts `0x` and 22 digits.
    Matches(ID_PATTERN, { message: `Invalid ${label} format` }),
  );
}

/** Documents a property of a request. */
export function documented(required: boolean, property: ApiPropertyOptions): PropertyDecorator {
  return required ? ApiProperty(property) : ApiPropertyOptional(property);
}

export function optionalUnless(required: boolean): PropertyDecorator[] {
  return required ? [] : [IsOptional()];
}

/** Null means that a field is not given, unless the field can be cleared with null. */
export function absentUnless(clearable: boolean): PropertyDecorator[] {
  return clearable ? [] : [Normalised(nullIsAbsent)];
}
