import 'reflect-metadata';
import type { Type } from '@nestjs/common';

const IGNORES = 'dakkio:ignores-unknown';

/** For the query string of a route whose clients send parameters that mean nothing here. Otherwise unknown ones are refused. */
export function IgnoresUnknown(): ClassDecorator {
  return (dto) => Reflect.defineMetadata(IGNORES, true, dto);
}

export function ignoresUnknown(dto: Type): boolean {
  return Reflect.hasMetadata(IGNORES, dto);
}
