import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { findAddressFault, type AddressFault } from '../addresses';
import { CheckedBy, isObject, nullIsAbsent, nullIsKept, type Check } from './fields-rules';
import { isId } from '../ids';
import { changesDirection, showsNothing } from '../visible-text';
import { containsKey } from '../whole-keys';

export interface AddressesBounds {
  readonly label: string;
  readonly most: number;
  /** Whether `null` is handed on, to clear the field, and not the same as leaving it out. */
  readonly clearable?: boolean;
}

/** An optional list of IP addresses and CIDR ranges, made lower-case. */
export function AddressesField(
  { label, most, clearable = false }: AddressesBounds,
  docs: ApiPropertyOptions,
): PropertyDecorator {
  const noList = `${label} must be a list of up to ${most} IP addresses and CIDR ranges`;
  const neither = `${label} must hold IP addresses and CIDR ranges such as 192.168.1.20 or 10.0.0.0/8`;
  const said: Readonly<Record<AddressFault['kind'], string>> = {
    neither,
    prefix: neither,
    mapped: 'IPv4 addresses must not be written inside IPv6',
    bits: 'A CIDR range must begin with its first address',
  };

  const check: Check = (value) => {
    if (value === undefined || value === null) return undefined;
    if (!Array.isArray(value) || value.length > most) return noList;
    for (const [index, item] of value.entries()) {
      const kind = typeof item === 'string' ? findAddressFault(item)?.kind : 'neither';
      if (kind) return { path: [index], message: said[kind] };
    }
    return undefined;
  };
  const property = {
    type: 'array',
    items: { type: 'string', maxLength: 49 },
    maxItems: most,
    nullable: clearable,
    ...docs,
  } as ApiPropertyOptions;
  return applyDecorators(
    ApiPropertyOptional(property),
    CheckedBy({
      check,
      sentences: [noList, ...new Set(Object.values(said))],
      normalise: (value) => {
        if (!Array.isArray(value) || value.length > most) return clearable ? value : nullIsAbsent(value);
        return value.map((item: unknown) => (typeof item === 'string' ? item.toLowerCase() : item));
      },
    }),
  );
}

const MOST_ENTRIES = 20;
const MOST_BYTES = 2048;
const LONGEST_NAME = 64;

export interface MetadataBounds {
  readonly label: string;
  /** Whether `null` is handed on, to clear the field, and not the same as leaving it out. */
  readonly clearable?: boolean;
}

/** An optional flat object of texts under names of the caller's own, kept to the letter. */
export function MetadataField(
  { label, clearable = false }: MetadataBounds,
  docs: ApiPropertyOptions,
): PropertyDecorator {
  const said = {
    object: `${label} must be an object whose values are strings`,
    entries: `${label} must have ${MOST_ENTRIES} entries or less`,
    name: `${label} names must have 1 to ${LONGEST_NAME} characters, and no control characters`,
    value: `${label} values must be strings`,
    zero: `${label} values must not contain the character U+0000`,
    unicode: `${label} must not contain half of a surrogate pair`,
    bytes: `${label} must be ${MOST_BYTES} bytes or less as JSON`,
    direction: `${label} names must not contain characters that change the direction of text`,
    key: `${label} must not contain an API key`,
  };
  const faultOfEntry = (name: string, value: unknown): string | undefined => {
    if (!name.isWellFormed()) return said.unicode;
    if (name === '' || name.length > 2 * LONGEST_NAME || [...name].length > LONGEST_NAME) return said.name;
    if (/\p{Cc}/u.test(name) || showsNothing(name)) return said.name;
    if (changesDirection(name)) return said.direction;
    if (typeof value !== 'string') return said.value;
    if (value.includes('\0')) return said.zero;
    if (!value.isWellFormed()) return said.unicode;
    return containsKey(name) || containsKey(value) ? said.key : undefined;
  };

  const check: Check = (value) => {
    if (value === undefined || value === null) return undefined;
    if (!isObject(value)) return said.object;
    const entries = Object.entries(value);
    if (entries.length > MOST_ENTRIES) return said.entries;
    for (const [name, inner] of entries) {
      const message = faultOfEntry(name, inner);
      if (message) return { path: [name], message };
    }
    return Buffer.byteLength(JSON.stringify(value)) > MOST_BYTES ? said.bytes : undefined;
  };
  const property = {
    type: 'object',
    additionalProperties: { type: 'string' },
    maxProperties: MOST_ENTRIES,
    nullable: clearable,
    ...docs,
  } as ApiPropertyOptions;
  return applyDecorators(
    ApiPropertyOptional(property),
    CheckedBy({ check, sentences: Object.values(said), normalise: clearable ? nullIsKept : nullIsAbsent }),
  );
}

export interface IdsBounds {
  readonly label: string;
  readonly most: number;
  /** What the sentences call one of them: `API key ID`. */
  readonly itemLabel: string;
}

/** An optional list of ids, made lower-case. */
export function IdsField({ label, most, itemLabel }: IdsBounds, docs: ApiPropertyOptions): PropertyDecorator {
  const noList = `${label} must be a list of 1 to ${most} ids`;
  const malformed = `Invalid ${itemLabel} format`;
  const items = { type: 'string', pattern: '^[0-9a-fA-F]{24}$' };
  return applyDecorators(
    ApiPropertyOptional({ type: 'array', items, minItems: 1, maxItems: most, ...docs }),
    CheckedBy({
      check: (value) => {
        if (value === undefined) return undefined;
        if (!Array.isArray(value) || value.length < 1 || value.length > most) return noList;
        const index = value.findIndex((item) => !isId(item));
        return index === -1 ? undefined : { path: [index], message: malformed };
      },
      sentences: [noList, malformed],
      normalise: (value) => {
        if (!Array.isArray(value) || value.length > most) return nullIsAbsent(value);
        return value.map((item: unknown) => (typeof item === 'string' ? item.toLowerCase() : item));
      },
    }),
  );
}

const LONGEST_SEARCH = 100;

/** An optional text to look for. An empty one counts as not given. */
export function SearchField({ label }: { readonly label: string }, docs: ApiPropertyOptions): PropertyDecorator {
  const message = `${label} must be a string of up to ${LONGEST_SEARCH} characters`;
  return applyDecorators(
    ApiPropertyOptional({ type: String, maxLength: LONGEST_SEARCH, ...docs }),
    CheckedBy({
      check: (value) => {
        if (value === undefined) return undefined;
        if (typeof value !== 'string' || value.length > 2 * LONGEST_SEARCH) return message;
        return [...value].length > LONGEST_SEARCH ? message : undefined;
      },
      sentences: [message],
      normalise: (value) => (typeof value === 'string' ? value.normalize('NFC') || undefined : nullIsAbsent(value)),
    }),
  );
}
