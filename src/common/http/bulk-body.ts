import 'reflect-metadata';
import type { Type } from '@nestjs/common';

const BULK = 'dakkio:bulk-body';
const KEYLESS = 'dakkio:keyless-body';
/** Maximum body size of a route that does not accept bulk data. */
export const MAX_BYTES_UNLESS_BULK = 262_144;

/** Maximum body size of a route that takes no key. */
export const MAX_BYTES_WITHOUT_KEY = 1024;

/** Raises the maximum size of a body class from 256 KiB to `DAKKIO_BODY_LIMIT_BYTES`. */
export function BulkBody(): ClassDecorator {
  return (dto) => Reflect.defineMetadata(BULK, true, dto);
}

/** Lowers the maximum size of a body class to 1 KiB, because it is read before anything is known about its sender. */
export function KeylessBody(): ClassDecorator {
  return (dto) => Reflect.defineMetadata(KEYLESS, true, dto);
}

/** Returns the maximum size of a body of this class in bytes, or undefined if only the server's limit applies. */
export function bodyLimitOf(dto: Type): number | undefined {
  if (Reflect.hasMetadata(KEYLESS, dto)) return MAX_BYTES_WITHOUT_KEY;
  return Reflect.hasMetadata(BULK, dto) ? undefined : MAX_BYTES_UNLESS_BULK;
}
