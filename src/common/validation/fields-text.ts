import { ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { IsDefined, IsOptional, IsString, Matches, ValidateBy } from 'class-validator';
import { changesDirection, showsNothing } from '../visible-text';
import { containsKey } from '../whole-keys';
import { inOrder, Normalised, nullIsAbsent } from './fields-rules';
import { documented } from './fields-scalars';

export interface TextBounds {
  /** The name of the field in messages: `Key name`. */
  readonly label: string;
  readonly maxLength: number;
  readonly required: boolean;
  /** Whether it may be empty and may contain tabs and line breaks. */
  readonly lines?: boolean;
  /** Whether the handler gets `null`, to clear the field. Otherwise null means that the field is not given. */
  readonly clearable?: boolean;
}

const LINE = /^\P{Cc}*$/u;
const LINES = /^(?:\P{Cc}|[\t\n\r])*$/u;

/** A text in Unicode NFC. Without `lines` it must contain a visible character. */
export function TextField(bounds: TextBounds, docs: ApiPropertyOptions): PropertyDecorator {
  const { label, maxLength, required, lines = false, clearable = false } = bounds;
  const missing = `${label} is required`;
  const property = { type: String, minLength: lines ? 0 : 1, maxLength, nullable: clearable, ...docs };
  return inOrder(
    documented(required, property),
    Normalised((value) =>
      typeof value === 'string' ? value.normalize('NFC') : clearable ? value : nullIsAbsent(value),
    ),
    required ? IsDefined({ message: missing }) : IsOptional(),
    ...(lines ? [] : [IsVisible({ message: missing })]),
    IsString({ message: `${label} must be a string` }),
    MaxCodePoints(maxLength, `${label} must be ${maxLength} characters or less`),
    Matches(lines ? LINES : LINE, { message: `${label} must not contain control characters` }),
    TextRule('isWellFormed', (text) => text.isWellFormed(), `${label} must not contain half of a surrogate pair`),
    TextRule(
      'keepsDirection',
      (text) => !changesDirection(text),
      `${label} must not contain characters that change the direction of text`,
    ),
    TextRule('containsNoKey', (text) => !containsKey(text), `${label} must not contain an API key`),
  );
}

const LONGEST_SEARCH = 100;

/** An optional search text. An empty one counts as not given. */
export function SearchField({ label }: { readonly label: string }, docs: ApiPropertyOptions): PropertyDecorator {
  const message = `${label} must be a string of up to ${LONGEST_SEARCH} characters`;
  return inOrder(
    ApiPropertyOptional({ type: String, maxLength: LONGEST_SEARCH, ...docs }),
    Normalised((value) => (typeof value === 'string' ? value.normalize('NFC') || undefined : nullIsAbsent(value))),
    IsOptional(),
    IsString({ message }),
    MaxCodePoints(LONGEST_SEARCH, message),
  );
}

/** Refuses a text without a visible character. What is not a text is left to @IsString. */
function IsVisible({ message }: { readonly message: string }): PropertyDecorator {
  const validate = (value: unknown) => typeof value !== 'string' || !showsNothing(value);
  return ValidateBy({ name: 'isVisible', validator: { validate } }, { message });
}

/** Not @MaxLength, which does not count variation selectors: a text of a million of them would pass. */
function MaxCodePoints(most: number, message: string): PropertyDecorator {
  return TextRule(
    'maxCodePoints',
    (text) => text.length <= most || (text.length <= 2 * most && [...text].length <= most),
    message,
  );
}

/** A rule that runs after @IsString. */
function TextRule(name: string, accepts: (text: string) => boolean, message: string): PropertyDecorator {
  const validate = (value: unknown) => typeof value === 'string' && accepts(value);
  return ValidateBy({ name, validator: { validate } }, { message });
}
