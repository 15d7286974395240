import { ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsOptional, Matches } from 'class-validator';
import { findAddressFault, type AddressFault } from '../addresses';
import { ID_PATTERN } from '../ids';
import { Checked, inOrder, Normalised, nullIsAbsent } from './fields-rules';

export interface AddressesBounds {
  readonly label: string;
  readonly most: number;
  /** Whether the handler gets `null`, to clear the field. Otherwise null means that the field is not given. */
  readonly clearable?: boolean;
}

/** An optional list of IP addresses and CIDR ranges in lower case. */
export function AddressesField(
  { label, most, clearable = false }: AddressesBounds,
  docs: ApiPropertyOptions,
): PropertyDecorator {
  const message = `${label} must be a list of up to ${most} IP addresses and CIDR ranges`;
  const property = {
    type: 'array',
    items: { type: 'string', maxLength: 49 },
    maxItems: most,
    nullable: clearable,
    ...docs,
  } as ApiPropertyOptions;
  return inOrder(
    ApiPropertyOptional(property),
    Normalised((value) => (isListUpTo(value, most) ? inLowerCase(value) : clearable ? value : nullIsAbsent(value))),
    IsOptional(),
    IsArray({ message }),
    ArrayMaxSize(most, { message }),
    AreAddresses(label),
  );
}

function AreAddresses(label: string): PropertyDecorator {
  const neither = `${label} must hold IP addresses and CIDR ranges such as 192.168.1.20 or 10.0.0.0/8`;
  const messages: Readonly<Record<AddressFault['kind'], string>> = {
    neither,
    prefix: neither,
    mapped: 'IPv4 addresses must not be written inside IPv6',
    bits: 'A CIDR range must begin with its first address',
  };
  return Checked({
    check: (value) => {
      for (const [index, item] of (value as readonly unknown[]).entries()) {
        const kind = typeof item === 'string' ? findAddressFault(item)?.kind : 'neither';
        if (kind) return { path: [index], message: messages[kind] };
      }
      return undefined;
    },
    sentences: [...new Set(Object.values(messages))],
  });
}

export interface IdsBounds {
  readonly label: string;
  readonly most: number;
  /** The name of one item in messages: `API key ID`. */
  readonly itemLabel: string;
}

/** An optional list of ids in lower case. */
export function IdsField({ label, most, itemLabel }: IdsBounds, docs: ApiPropertyOptions): PropertyDecorator {
  const message = `${label} must be a list of 1 to ${most} ids`;
  const items = { type: 'string', pattern: '^[0-9a-fA-F]{24}$' };
  return inOrder(
    ApiPropertyOptional({ type: 'array', items, minItems: 1, maxItems: most, ...docs }),
    Normalised((value) => (isListUpTo(value, most) ? inLowerCase(value) : nullIsAbsent(value))),
    IsOptional(),
    IsArray({ message }),
    ArrayMinSize(1, { message }),
    ArrayMaxSize(most, { message }),
    Matches(ID_PATTERN, { each: true, message: `Invalid ${itemLabel} format` }),
  );
}

/** A longer list is refused as it is: it is not worth converting. */
function isListUpTo(value: unknown, most: number): value is readonly unknown[] {
  return Array.isArray(value) && value.length <= most;
}

function inLowerCase(list: readonly unknown[]): unknown[] {
  return list.map((item) => (typeof item === 'string' ? item.toLowerCase() : item));
}
