import 'reflect-metadata';
import type { Type } from '@nestjs/common';

const BULK = 'dakkio:bulk-body';
/** Largest body of a route that does not take bulk data. */
export const MOST_BYTES_UNLESS_BULK = 262_144;

/** Lets a body be as large as `DAKKIO_BODY_LIMIT_BYTES` says. Every other one may have 256 KiB at most. */
export function BulkBody(): ClassDecorator {
  return (dto) => Reflect.defineMetadata(BULK, true, dto);
}

/** The largest body of this class in bytes, or undefined where only the server's limit applies. */
export function bodyLimitOf(dto: Type): number | undefined {
  return Reflect.hasMetadata(BULK, dto) ? undefined : MOST_BYTES_UNLESS_BULK;
}
