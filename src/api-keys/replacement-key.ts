import type { ApiKey } from './api-key.entity';
import type { LockedLine } from './locked-lines';

/** The columns that a replacement does not copy from the key that it replaces: its identity, its use and its place in the rotation line. */
export const OWN_COLUMNS = [
  ...(['id', 'hash', 'hint', 'pepper', 'createdAt'] as const),
  ...(['lastUsedAt', 'lastAddress', 'lastUserAgent'] as const),
  ...(['lineId', 'replaces', 'replacedBy', 'newestId', 'retires', 'madeBy', 'expiresAt'] as const),
] satisfies readonly (keyof ApiKey)[];

/** How a replacement is made. */
export interface ReplacementOrigin {
  readonly retireOnFirstUse: boolean;
  readonly madeBy: 'admin' | 'self';
}

/**
 * The row of a key's replacement. Every column that is not one of `OWN_COLUMNS` is copied, so that a restriction that is added
 * to keys later is never lost by a rotation.
 *
 * @param fresh a new key, whose text and id the replacement gets
 */
export function replacementOf(
  { key: old, newest, lineId }: LockedLine,
  fresh: ApiKey,
  { retireOnFirstUse, madeBy }: ReplacementOrigin,
): ApiKey {
  const { id, hash, hint, pepper, createdAt } = fresh;
  const own: Pick<ApiKey, (typeof OWN_COLUMNS)[number]> = {
    ...{ id, hash, hint, pepper, createdAt },
    ...{ lastUsedAt: null, lastAddress: null, lastUserAgent: null },
    ...{ lineId, replaces: old.id, replacedBy: null, newestId: null, madeBy },
    retires: retireOnFirstUse ? old.id : null,
    // It lives as long as the newest key of its rotation line.
    expiresAt: newest.expiresAt,
  };
  return { ...old, ...own };
}
