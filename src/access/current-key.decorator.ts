import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { LeanRequest } from '../common/http/lean-messages';
import type { KeyType } from './key-type';

/** The key that a request came with, as the guard found it. */
export interface CurrentApiKey {
  readonly id: string;
  readonly name: string;
  readonly type: KeyType;
  /** The four characters after the prefix, which lists may show. */
  readonly hint: string;
  readonly organizationId: string;
  /** The bucket that a write or read key belongs to. */
  readonly bucketId: string | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** Gives a handler the `CurrentApiKey` of its request. Only on routes that require a key. */
export const CurrentKey = createParamDecorator((_data: unknown, context: ExecutionContext): CurrentApiKey => {
  return context.switchToHttp().getRequest<LeanRequest>().caller as CurrentApiKey;
});
