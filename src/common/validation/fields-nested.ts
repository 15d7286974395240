import { applyDecorators, type Type } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { CheckedBy, fieldsOf, isObject, nullIsAbsent, nullIsKept } from './fields-rules';

export interface ObjectBounds {
  readonly label: string;
  readonly required?: boolean;
  /** Whether `null` is handed on, to clear the field, and not the same as leaving it out. */
  readonly clearable?: boolean;
  /** What else than an object is told, where the names of its fields would be too many for a sentence. */
  readonly message?: string;
}

/** An object whose fields are those of a class of its own. Optional unless said. */
export function ObjectField(
  dto: Type,
  { label, required = false, clearable = false, message: given }: ObjectBounds,
  docs: ApiPropertyOptions,
): PropertyDecorator {
  const names = fieldsOf(dto).map(({ field }) => field);
  const message = given ?? `${label} must be an object with ${names.join(' and ')}`;
  const property = { type: dto, ...(clearable && { nullable: true }), ...docs } as ApiPropertyOptions;
  return applyDecorators(
    required ? ApiProperty(property) : ApiPropertyOptional(property),
    CheckedBy({
      check: (value) => {
        if (value === undefined || value === null) return required ? message : undefined;
        return isObject(value) ? undefined : message;
      },
      sentences: [message],
      normalise: clearable ? nullIsKept : nullIsAbsent,
      nested: { dto, list: false },
    }),
  );
}

export interface ListBounds {
  readonly label: string;
  readonly least: number;
  readonly most: number;
  /** What the sentences call one of them: `key`. */
  readonly itemLabel: string;
}

/** A list of objects, each with the fields of a class of its own. It must be given. */
export function ListField(
  dto: Type,
  { label, least, most, itemLabel }: ListBounds,
  docs: ApiPropertyOptions,
): PropertyDecorator {
  const message = `${label} must be a list of ${least} to ${most} ${itemLabel}s`;
  const itemMessage = `Each ${itemLabel} must be an object`;
  const property = { type: [dto], minItems: least, maxItems: most, ...docs } as ApiPropertyOptions;
  return applyDecorators(
    ApiProperty(property),
    CheckedBy({
      check: (value) => (Array.isArray(value) && value.length >= least && value.length <= most ? undefined : message),
      sentences: [message, itemMessage],
      nested: { dto, list: true, most, itemMessage },
    }),
  );
}
