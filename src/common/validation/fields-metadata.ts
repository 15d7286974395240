import { ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { IsObject, IsOptional } from 'class-validator';
import { changesDirection, showsNothing } from '../visible-text';
import { containsKey } from '../whole-keys';
import { Checked, inOrder } from './fields-rules';
import { absentUnless } from './fields-scalars';

const MAX_ENTRIES = 20;
const MAX_BYTES = 2048;
const LONGEST_NAME = 64;

export interface MetadataBounds {
  readonly label: string;
  /** Whether the handler gets `null`, to clear the field. Otherwise null means that the field is not given. */
  readonly clearable?: boolean;
}

/** An optional flat object of strings with names that the client chooses. Names and values are stored as sent. */
export function MetadataField(
  { label, clearable = false }: MetadataBounds,
  docs: ApiPropertyOptions,
): PropertyDecorator {
  const property = {
    type: 'object',
    additionalProperties: { type: 'string' },
    maxProperties: MAX_ENTRIES,
    nullable: clearable,
    ...docs,
  } as ApiPropertyOptions;
  return inOrder(
    ApiPropertyOptional(property),
    ...absentUnless(clearable),
    IsOptional(),
    IsObject({ message: `${label} must be an object whose values are strings` }),
    HasTextEntries(label),
  );
}

function HasTextEntries(label: string): PropertyDecorator {
  const messages = {
    entries: `${label} must have ${MAX_ENTRIES} entries or less`,
    name: `${label} names must have 1 to ${LONGEST_NAME} characters, and no control characters`,
    value: `${label} values must be strings`,
    zero: `${label} values must not contain the character U+0000`,
    unicode: `${label} must not contain half of a surrogate pair`,
    bytes: `${label} must be ${MAX_BYTES} bytes or less as JSON`,
    direction: `${label} names must not contain characters that change the direction of text`,
    key: `${label} must not contain an API key`,
  };
  const faultOfEntry = (name: string, value: unknown): string | undefined => {
    if (!name.isWellFormed()) return messages.unicode;
    if (name === '' || name.length > 2 * LONGEST_NAME || [...name].length > LONGEST_NAME) return messages.name;
    if (/\p{Cc}/u.test(name) || showsNothing(name)) return messages.name;
    if (changesDirection(name)) return messages.direction;
    if (typeof value !== 'string') return messages.value;
    if (value.includes('\0')) return messages.zero;
    if (!value.isWellFormed()) return messages.unicode;
    return containsKey(name) || containsKey(value) ? messages.key : undefined;
  };
  return Checked({
    check: (value) => {
      const entries = Object.entries(value as object);
      if (entries.length > MAX_ENTRIES) return messages.entries;
      for (const [name, inner] of entries) {
        const message = faultOfEntry(name, inner);
        if (message) return { path: [name], message };
      }
      return Buffer.byteLength(JSON.stringify(value)) > MAX_BYTES ? messages.bytes : undefined;
    },
    sentences: Object.values(messages),
  });
}
