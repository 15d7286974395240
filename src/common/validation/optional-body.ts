import type { IncomingMessage } from 'node:http';
import type { Type } from '@nestjs/common';
import { fieldsOf, normalisedBy, problemIn } from './field-plans';

/** Whether no field of a body class is required: a request without a body then means `{}`. */
export function isOptional(dto: Type): boolean {
  return fieldsOf(dto).every(
    (plan) => !plan.required && problemIn(plan, normalisedBy(plan, undefined, {}), {}) === undefined,
  );
}

/** Whether a request has a body, which may be an empty one in chunks (RFC 9112 §6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
