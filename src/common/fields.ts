import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { registerDecorator, type ValidationArguments } from 'class-validator';
import { isId } from './ids';

/** Says what is wrong with a value as the caller sent it, or nothing. `null` and `undefined` both mean "not given". */
export type Check = (value: unknown) => string | undefined;

/** Turns a value as sent into what the handler is given: before it is checked. */
type Normalise = (value: unknown) => unknown;

/** What the reader of a request knows of one field of a DTO. */
export interface FieldRule {
  readonly field: string;
  readonly normalise: Normalise;
  /** The sentences that the field may be refused with. */
  readonly sentences: readonly string[];
}

const FIELDS = 'dakkio:fields';

/** The fields of a DTO, inherited ones first. Whatever else is sent is unknown. */
export function fieldsOf(dto: object): readonly FieldRule[] {
  return (Reflect.getMetadata(FIELDS, dto) ?? []) as readonly FieldRule[];
}

/** A field that one check judges, so that the first thing wrong with it is the one thing said of it. */
export function CheckedBy(
  check: Check,
  sentences: readonly string[],
  normalise: Normalise = nullIsAbsent,
): PropertyDecorator {
  return (prototype, property) => {
    const dto = prototype.constructor;
    const field = String(property);
    Reflect.defineMetadata(FIELDS, [...fieldsOf(dto), { field, normalise, sentences }], dto);
    registerDecorator({
      name: 'checkedBy',
      target: dto,
      propertyName: field,
      validator: {
        validate: (value: unknown) => check(value) === undefined,
        defaultMessage: (args?: ValidationArguments) => check(args?.value) ?? '',
      },
    });
  };
}

const nullIsAbsent: Normalise = (value) => value ?? undefined;
const nullIsKept: Normalise = (value) => value;

export interface TextBounds {
  /** What the sentences call it: `Key name`. */
  readonly label: string;
  readonly maxLength: number;
  readonly required: boolean;
  /** Whether it may be empty, and have tabs and line ends in it. */
  readonly lines?: boolean;
  /** Whether `null` is handed on, to clear the field, and not the same as leaving it out. */
  readonly clearable?: boolean;
}

/** A text, kept as sent after NFC. Lengths count code points. */
export function TextField(bounds: TextBounds, docs: ApiPropertyOptions): PropertyDecorator {
  const { label, maxLength, required, lines = false, clearable = false } = bounds;
  const said = {
    required: `${label} is required`,
    string: `${label} must be a string`,
    length: `${label} must be ${maxLength} characters or less`,
    control: `${label} must not contain control characters`,
    unicode: `${label} must not contain half of a surrogate pair`,
  };
  const control = lines ? /(?![\t\n\r])\p{Cc}/u : /\p{Cc}/u;

  const check: Check = (value) => {
    if (value === undefined || value === null) return required ? said.required : undefined;
    if (typeof value !== 'string') return said.string;
    if (!lines && value.trim() === '') return said.required;
    if (value.length > 2 * maxLength || (value.length > maxLength && [...value].length > maxLength)) return said.length;
    if (control.test(value)) return said.control;
    if (!value.isWellFormed()) return said.unicode;
    return undefined;
  };
  const property = {
    type: String,
    minLength: lines ? 0 : 1,
    maxLength,
    nullable: clearable,
    ...docs,
  } as ApiPropertyOptions;
  return applyDecorators(
    required ? ApiProperty(property) : ApiPropertyOptional(property),
    CheckedBy(check, lines ? [said.string, said.length, said.control, said.unicode] : Object.values(said), (value) =>
      typeof value === 'string' ? value.normalize('NFC') : clearable ? value : nullIsAbsent(value),
    ),
  );
}

export interface ChoiceBounds {
  readonly values: readonly string[];
  readonly required: boolean;
  /** The one sentence for whatever else is sent. */
  readonly message: string;
}

/** One word out of a few. */
export function ChoiceField({ values, required, message }: ChoiceBounds, docs: ApiPropertyOptions): PropertyDecorator {
  const check: Check = (value) => {
    if (value === undefined || value === null) return required ? message : undefined;
    return values.includes(value as string) ? undefined : message;
  };
  const property = { enum: values, ...docs } as ApiPropertyOptions;
  return applyDecorators(required ? ApiProperty(property) : ApiPropertyOptional(property), CheckedBy(check, [message]));
}

export interface NumberBounds {
  readonly label: string;
  readonly least: number;
  readonly most: number;
  /** Whether `null` is a value of its own, "none", and not the same as leaving the field out. */
  readonly clearable?: boolean;
}

/** An optional whole number in a JSON body. */
export function WholeNumberField(
  { label, least, most, clearable = false }: NumberBounds,
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
    ApiPropertyOptional(property),
    CheckedBy(
      (value) => (value === undefined || value === null || isWithin(value, least, most) ? undefined : message),
      [message],
      clearable ? nullIsKept : nullIsAbsent,
    ),
  );
}

/** An optional whole number in a query string, turned into a number. Anything but plain digits is refused. */
export function QueryNumberField({ label, least, most }: NumberBounds, docs: ApiPropertyOptions): PropertyDecorator {
  const message = `${label} must be a whole number from ${least} to ${most}`;
  return applyDecorators(
    ApiPropertyOptional({ type: 'integer', minimum: least, maximum: most, ...docs }),
    CheckedBy(
      (value) => (value === undefined || isWithin(value, least, most) ? undefined : message),
      [message],
      (value) => (typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value),
    ),
  );
}

/** An id in a path. Upper-case hex is accepted and made lower-case. */
export function IdField(label: string, example: string): PropertyDecorator {
  const message = `Invalid ${label} format`;
  return applyDecorators(
    ApiProperty({
      type: String,
      description: `The ${label}, 24 hex characters`,
      pattern: '^[0-9a-fA-F]{24}$',
      example,
    }),
    CheckedBy(
      (value) => (isId(value) ? undefined : message),
      [message],
      (value) => (typeof value === 'string' ? value.toLowerCase() : value),
    ),
  );
}

function isWithin(value: unknown, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}
