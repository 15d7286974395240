import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { CheckedBy, nullIsAbsent, nullIsKept, type Check } from './fields-rules';
import { isId } from '../ids';
import { hintFor } from '../nearest';
import { LEAST_EPOCH_MILLIS, parseTime, readRangeEnd } from '../times';

export * from './fields-free';
export * from './fields-nested';
export * from './fields-rules';
export * from './fields-text';

export interface ChoiceBounds {
  readonly values: readonly string[];
  readonly required: boolean;
  /** The sentence for any other value. */
  readonly message: string;
  /** Whether `details` suggests the nearest value. Default: true. */
  readonly hasHint?: boolean;
}

/** One word out of a few. */
export function ChoiceField(
  { values, required, message, hasHint = true }: ChoiceBounds,
  docs: ApiPropertyOptions,
): PropertyDecorator {
  const check: Check = (value) => {
    if (value === undefined || value === null) return required ? message : undefined;
    if (values.includes(value as string)) return undefined;
    return { path: [], message, hint: hasHint ? hintFor(value, values) : undefined };
  };
  const property = { enum: values, ...docs } as ApiPropertyOptions;
  return applyDecorators(
    required ? ApiProperty(property) : ApiPropertyOptional(property),
    CheckedBy({ check, sentences: [message] }),
  );
}

export interface NumberBounds {
  readonly label: string;
  readonly least: number;
  readonly most: number;
}

export interface BodyNumberBounds extends NumberBounds {
  readonly required?: boolean;
  /** Whether `null` is a value of its own, "none", and not the same as leaving the field out. */
  readonly clearable?: boolean;
}

/** A whole number in a JSON body, optional unless said. */
export function WholeNumberField(
  { label, least, most, required = false, clearable = false }: BodyNumberBounds,
  docs: ApiPropertyOptions,
): PropertyDecorator {
  const message = `${label} must be a whole number from ${least} to ${most}${clearable ? ', or null' : ''}`;
  const property = {
    type: 'integer',
    minimum: least,
    maximum: most,
    nullable: clearable,
    ...docs,
  } as ApiPropertyOptions;
  return applyDecorators(
    required ? ApiProperty(property) : ApiPropertyOptional(property),
    CheckedBy({
      check: (value) => {
        if (value === undefined || value === null) return required ? message : undefined;
        return isWithin(value, least, most) ? undefined : message;
      },
      sentences: [message],
      normalise: clearable ? nullIsKept : nullIsAbsent,
    }),
  );
}

/** An optional whole number in a query string, turned into a number. Anything but plain digits is refused. */
export function QueryNumberField({ label, least, most }: NumberBounds, docs: ApiPropertyOptions): PropertyDecorator {
  const message = `${label} must be a whole number from ${least} to ${most}`;
  return applyDecorators(
    ApiPropertyOptional({ type: 'integer', minimum: least, maximum: most, ...docs }),
    CheckedBy({
      check: (value) => (value === undefined || isWithin(value, least, most) ? undefined : message),
      sentences: [message],
      normalise: (value) => (typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value),
    }),
  );
}

/** An optional true or false. */
export function BooleanField({ label }: { readonly label: string }, docs: ApiPropertyOptions): PropertyDecorator {
  const message = `${label} must be true or false`;
  return applyDecorators(
    ApiPropertyOptional({ type: Boolean, ...docs }),
    CheckedBy({
      check: (value) => (value === undefined || typeof value === 'boolean' ? undefined : message),
      sentences: [message],
    }),
  );
}

/** An optional true or false in a query string. */
export function QueryBooleanField({ label }: { readonly label: string }, docs: ApiPropertyOptions): PropertyDecorator {
  const message = `${label} must be true or false`;
  return applyDecorators(
    ApiPropertyOptional({ type: Boolean, ...docs }),
    CheckedBy({
      check: (value) => (value === undefined || typeof value === 'boolean' ? undefined : message),
      sentences: [message],
      normalise: (value) => (value === 'true' ? true : value === 'false' ? false : value),
    }),
  );
}

export interface ClearableBounds {
  readonly label: string;
  /** Whether `null` is handed on, to clear the field, and not the same as leaving it out. */
  readonly clearable?: boolean;
}

/** What a time that is not yet to come is refused with. */
export const EXPIRY_PAST = 'Expiry must be in the future';

/** An optional RFC 3339 time that is yet to come, turned into milliseconds since 1970. */
export function FutureTimeField(
  { label, clearable = false }: ClearableBounds,
  docs: ApiPropertyOptions,
): PropertyDecorator {
  const malformed = `${label} must be an RFC 3339 time with an offset, such as 2030-01-31T12:00:00Z`;
  return applyDecorators(
    ApiPropertyOptional({ type: String, format: 'date-time', nullable: clearable, ...docs }),
    CheckedBy({
      check: (value) => {
        if (value === undefined || value === null) return undefined;
        if (typeof value !== 'number' || Number.isNaN(value)) return malformed;
        return value > Date.now() ? undefined : EXPIRY_PAST;
      },
      sentences: [malformed, EXPIRY_PAST],
      normalise: (value) => {
        if (typeof value === 'string') return parseTime(value) ?? value;
        // A number that was sent must not pass for a time that was read.
        if (typeof value === 'number') return NaN;
        return clearable ? value : nullIsAbsent(value);
      },
    }),
  );
}

/** How a range of time may begin or end, as the document shows it. */
const RANGE_END = {
  oneOf: [{ type: 'string' }, { type: 'integer', minimum: LEAST_EPOCH_MILLIS }],
} as const;

/** One end of a range of time, turned into milliseconds since 1970: RFC 3339, epoch milliseconds, or `now-24h`. */
export function TimeField(
  { label, required = false }: { readonly label: string; readonly required?: boolean },
  docs: ApiPropertyOptions,
): PropertyDecorator {
  const message = `${label} must be an RFC 3339 time with an offset, such as 2024-01-15T10:05:00Z, milliseconds since 1970, or now-24h`;
  const inSeconds = `${label} looks like seconds; send milliseconds`;
  return applyDecorators(
    (required ? ApiProperty : ApiPropertyOptional)({ ...RANGE_END, ...docs } as ApiPropertyOptions),
    CheckedBy({
      check: (value) => {
        if (value === undefined) return required ? message : undefined;
        if (value === IN_SECONDS) return inSeconds;
        return typeof value === 'number' && !Number.isNaN(value) ? undefined : message;
      },
      sentences: [message, inSeconds],
      normalise: (value) => {
        if (value === undefined || value === null) return undefined;
        const time = readRangeEnd(value);
        // What was not read must not pass for a time that was.
        return time === 'seconds' ? IN_SECONDS : (time ?? NaN);
      },
    }),
  );
}

/** Stands for a number that looks like seconds. No time is negative. */
const IN_SECONDS = -1;

export interface IdDocs {
  readonly required?: boolean;
  readonly description?: string;
}

/** An id in a path, or in a body. Upper-case hex is accepted and made lower-case. */
export function IdField(
  label: string,
  example: string,
  { required = true, description = `The ${label}, 24 hex characters` }: IdDocs = {},
): PropertyDecorator {
  const message = `Invalid ${label} format`;
  return applyDecorators(
    ApiProperty({ type: String, description, pattern: '^[0-9a-fA-F]{24}$', example, required }),
    CheckedBy({
      check: (value) => (isId(value) || (value === undefined && !required) ? undefined : message),
      sentences: [message],
      normalise: (value) => (typeof value === 'string' ? value.toLowerCase() : nullIsAbsent(value)),
    }),
  );
}

function isWithin(value: unknown, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}
