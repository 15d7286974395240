import type { Type } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Type as TypeOf } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsObject, ValidateNested } from 'class-validator';
import { fieldsOf } from './field-plans';
import { inOrder, Normalised, nullIsAbsent } from './fields-rules';
import { absentUnless, documented, optionalUnless } from './fields-scalars';

export interface ObjectBounds {
  readonly label: string;
  readonly required?: boolean;
  /** Whether the handler gets `null`, to clear the field. Otherwise null means that the field is not given. */
  readonly clearable?: boolean;
  /** The message for a value that is not an object. Default: one that names the object's fields. */
  readonly message?: string;
}

/** An object whose fields are those of a class. Optional by default. */
export function ObjectField(
  dto: Type,
  { label, required = false, clearable = false, message }: ObjectBounds,
  docs: ApiPropertyOptions,
): PropertyDecorator {
  const names = fieldsOf(dto).map(({ field }) => field);
  const property = { type: dto, ...(clearable && { nullable: true }), ...docs } as ApiPropertyOptions;
  return inOrder(
    documented(required, property),
    ...absentUnless(clearable),
    ...optionalUnless(required),
    IsObject({ message: message ?? `${label} must be an object with ${names.join(' and ')}` }),
    TypeOf(() => dto),
    ValidateNested(),
  );
}

export interface ListBounds {
  readonly label: string;
  readonly least: number;
  readonly most: number;
  /** The name of one item in messages: `key`. */
  readonly itemLabel: string;
}

/** A required list of objects whose fields are those of a class. */
export function ListField(
  dto: Type,
  { label, least, most, itemLabel }: ListBounds,
  docs: ApiPropertyOptions,
): PropertyDecorator {
  const message = `${label} must be a list of ${least} to ${most} ${itemLabel}s`;
  const property = { type: [dto], minItems: least, maxItems: most, ...docs } as ApiPropertyOptions;
  return inOrder(
    ApiProperty(property),
    Normalised(nullIsAbsent),
    IsArray({ message }),
    ArrayMinSize(least, { message }),
    ArrayMaxSize(most, { message }),
    TypeOf(() => dto),
    ValidateNested({ each: true, message: `Each ${itemLabel} must be an object` }),
  );
}
