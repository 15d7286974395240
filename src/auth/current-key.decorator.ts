import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { LeanRequest } from '../common/http/lean-messages';
import type { Quota, RateLimit } from '../common/rate-limit';
import type { KeyType } from './key-type';

/** The key that a request came with, as the guard found it. */
export interface CurrentApiKey {
  readonly id: string;
  /** The first key of its line: what a key was rotated into has the same one. Bounds that hold for a caller count by it. */
  readonly lineId: string;
  readonly name: string;
  readonly type: KeyType;
  /** The four characters after the prefix, which lists may show. */
  readonly hint: string;
  readonly organizationId: string;
  /** The bucket that a write or read key belongs to. */
  readonly bucketId: string | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** When it will be refused, in milliseconds since 1970. */
  readonly expiresAt: number | null;
  /** Addresses and ranges that it may be used from, separated by commas; null for all. */
  readonly allowedIps: string | null;
  /** The one data source that it may write to or read. */
  readonly dataSourceId: string | null;
  /** Whether it can never read back. */
  readonly writeOnly: boolean;
  /** Its own, or the default for its type. */
  readonly rateLimit: RateLimit | null;
  readonly quota: Quota | null;
  /** Whether it may rotate itself. */
  readonly selfRotation: boolean;
  /** The key that dies as soon as this one is used. */
  readonly retires: string | null;
}

/** Gives a handler the `CurrentApiKey` of its request. Only on routes that require a key. */
export const CurrentKey = createParamDecorator((_data: unknown, context: ExecutionContext): CurrentApiKey => {
  return context.switchToHttp().getRequest<LeanRequest>().caller as CurrentApiKey;
});
