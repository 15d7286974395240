import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { CheckedBy, isObject, nullIsAbsent, nullIsKept, type Check } from '../../common/validation/fields';
import { faultOfHeaders, HEADER_SENTENCES, LONGEST_HEADER_VALUE, MAX_HEADERS } from '../../webhooks/webhook-headers';

/** An optional object of HTTP headers. White space around values is removed. */
export function HeadersField(
  { clearable }: { readonly clearable: boolean },
  docs: ApiPropertyOptions,
): PropertyDecorator {
  const check: Check = (value) => {
    if (value === undefined || value === null) return undefined;
    if (!isObject(value)) return HEADER_SENTENCES.object;
    const fault = faultOfHeaders(value);
    return fault && { path: fault.name === undefined ? [] : [fault.name], message: fault.message };
  };
  const property = {
    type: 'object',
    additionalProperties: { type: 'string', minLength: 1, maxLength: LONGEST_HEADER_VALUE },
    maxProperties: MAX_HEADERS,
    nullable: clearable,
    ...docs,
  } as ApiPropertyOptions;
  return applyDecorators(
    ApiPropertyOptional(property),
    CheckedBy({
      check,
      sentences: Object.values(HEADER_SENTENCES),
      normalise: (value) => (isObject(value) ? trimmed(value) : clearable ? nullIsKept(value) : nullIsAbsent(value)),
    }),
  );
}

function trimmed(headers: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(headers).slice(0, MAX_HEADERS + 1);
  return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === 'string' ? value.trim() : value]));
}
