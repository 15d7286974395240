import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { CheckedBy, nullIsAbsent, type Check } from './fields-rules';
import { changesDirection, showsNothing } from '../visible-text';
import { containsKey } from '../whole-keys';

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

/** A text, kept as sent after NFC. Lengths count code points. Without `lines`, something of it must be visible. */
export function TextField(bounds: TextBounds, docs: ApiPropertyOptions): PropertyDecorator {
  const { label, maxLength, required, lines = false, clearable = false } = bounds;
  const said = {
    required: `${label} is required`,
    string: `${label} must be a string`,
    length: `${label} must be ${maxLength} characters or less`,
    control: `${label} must not contain control characters`,
    unicode: `${label} must not contain half of a surrogate pair`,
    direction: `${label} must not contain characters that change the direction of text`,
    key: `${label} must not contain an API key`,
  };
  const control = lines ? /(?![\t\n\r])\p{Cc}/u : /\p{Cc}/u;

  const check: Check = (value) => {
    if (value === undefined || value === null) return required ? said.required : undefined;
    if (typeof value !== 'string') return said.string;
    if (!lines && showsNothing(value)) return said.required;
    if (value.length > 2 * maxLength || (value.length > maxLength && [...value].length > maxLength)) return said.length;
    if (control.test(value)) return said.control;
    if (!value.isWellFormed()) return said.unicode;
    if (changesDirection(value)) return said.direction;
    return containsKey(value) ? said.key : undefined;
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
    CheckedBy({
      check,
      sentences: Object.values(said).filter((sentence) => !lines || sentence !== said.required),
      normalise: (value) =>
        typeof value === 'string' ? value.normalize('NFC') : clearable ? value : nullIsAbsent(value),
    }),
  );
}
