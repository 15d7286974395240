import { ApiError } from '../common/errors';
import type { ApiKey } from './api-key.entity';

/** The most keys that one request changes. */
export const MOST_CHOSEN = 500;

/** Keys that a filter let through a moment ago. */
export interface FoundKeys {
  readonly found: readonly string[];
  /** Tells, once they are locked, whether it still lets a key through: the others are left out. */
  readonly matches: (key: ApiKey, nowMillis: number) => boolean;
}

/** The keys that one request changes. */
export type KeyChoice = { readonly ids: readonly string[] } | FoundKeys;

/** Runs work on one of the keys. Where that is refused, the error tells where the request named the key. */
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
