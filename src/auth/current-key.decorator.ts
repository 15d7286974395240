import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { LeanRequest } from '../common/http/lean-messages';
import type { Quota, RateLimit } from '../common/rate-limit';
import type { KeyType } from './key-type';

/**
 * The key of a request, as the guard verified it. A session key appears as the key that it was opened with, whose rights and
 * limits it has: only `sessionId`, `hint`, `createdAt` and `expiresAt` are its own.
 */
export interface CurrentApiKey {
  readonly id: string;
  /** The id of the first key of its rotation line. Rotation keeps it, so limits per caller count by it. */
  readonly lineId: string;
  readonly name: string;
  readonly type: KeyType;
  /** The four characters after the prefix, which lists show. */
  readonly hint: string;
  readonly organizationId: string;
  /** The bucket that a write or read key belongs to. */
  readonly bucketId: string | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** When it expires, in milliseconds since 1970. */
  readonly expiresAt: number | null;
  /** Comma-separated addresses and ranges that it may be used from. Null: all. */
  readonly allowedIps: string | null;
  /** The only data source that it may write to or read. */
  readonly dataSourceId: string | null;
  /** Whether it can ingest but not read. */
  readonly writeOnly: boolean;
  /** Its own, or the default for its type. */
  readonly rateLimit: RateLimit | null;
  readonly quota: Quota | null;
  /** Whether it may rotate itself. */
  readonly selfRotation: boolean;
  /** The key that is revoked when this one is first used. */
  readonly retires: string | null;
  /**
   * The session key that the request was sent with; null for a request with the key itself. What outlives the request must follow
   * it, because a session can end before its key: see `presentedIdOf`.
   */
  readonly sessionId: string | null;
}

/** The id of the key whose text the request had: of its session key, if it has one. */
export function presentedIdOf({ id, sessionId }: Pick<CurrentApiKey, 'id' | 'sessionId'>): string {
  return sessionId ?? id;
}

/** Injects the `CurrentApiKey` of the request. Only on routes that require a key. */
export const CurrentKey = createParamDecorator((_data: unknown, context: ExecutionContext): CurrentApiKey => {
  return context.switchToHttp().getRequest<LeanRequest>().caller as CurrentApiKey;
});
