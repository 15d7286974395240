import { ApiError } from '../common/errors';
import type { ApiKey } from './api-key.entity';

/** The maximum number of keys in a bulk change. */
export const MAX_KEYS_PER_REQUEST = 500;

/** Keys that matched a filter. */
export interface FoundKeys {
  readonly found: readonly string[];
  /** Checks a key again once it is locked. Keys that no longer match are left out. */
  readonly matches: (key: ApiKey, nowMillis: number) => boolean;
}

/** The keys of a bulk change. */
export type KeyChoice = { readonly ids: readonly string[] } | FoundKeys;

/** Runs work on one of the keys. Its errors get the place of the key in the request. */
export function atPlace<T>(choice: KeyChoice | undefined, id: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!choice || !(cause instanceof ApiError)) throw cause;
    const { message, code } = cause;
    const { apiKeyId } = cause.getResponse() as { readonly apiKeyId?: string };
    const path = 'ids' in choice ? ['body', 'ids', choice.ids.indexOf(id)] : ['body', 'filter', id];
    const body = apiKeyId === undefined ? {} : { apiKeyId };
    throw new ApiError({ status: cause.getStatus(), code, message }, { details: [{ path, message }], body });
  }
}
