import 'reflect-metadata';
import type { IncomingMessage } from 'node:http';
import type { Type } from '@nestjs/common';

const OPTIONAL = 'dakkio:optional-body';

/** Lets a body class be left out altogether: a request without a body means `{}`. */
export function OptionalBody(): ClassDecorator {
  return (dto) => Reflect.defineMetadata(OPTIONAL, true, dto);
}

/** Whether a body of this class may be left out. */
export function isOptional(dto: Type): boolean {
  return Reflect.hasMetadata(OPTIONAL, dto);
}

/** Whether a request comes with a body, be it an empty one in chunks (RFC 9112 §6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
