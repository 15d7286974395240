import type { IncomingMessage } from 'node:http';
import type { Type } from '@nestjs/common';
import { faultOf, fieldsOf } from './fields-rules';

/** Whether a body of this class may be left out, as none of its fields is required. A request without a body means `{}`. */
export function isOptional(dto: Type): boolean {
  return fieldsOf(dto).every((rule) => !rule.required && faultOf(rule, rule.normalise(undefined)) === undefined);
}

/** Whether a request comes with a body, be it an empty one in chunks (RFC 9112 §6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
