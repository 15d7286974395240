import type { EntityManager } from 'typeorm';
import type { ApiKey } from './api-key.entity';
import { sooner } from './key-rows';
import { selectKeys } from './key-table';

/** The columns that a session key has for itself. All others are those of the key that it was opened with. */
const OWN = ['id', 'hash', 'hint', 'pepper', 'createdAt', 'lineId', 'sessionOf', 'deletedAt'] as const;

const ofItsKey = (column: string) => `(SELECT o.${column} FROM api_keys o WHERE o.id = api_keys.session_of)`;

/** The columns of scanned keys, with the name and the state of session keys as a request with them finds them. */
export const SCANNED_WITH_SESSIONS = `id, coalesce(${ofItsKey('name')}, name) AS name, type, hint, replaced_by AS "replacedBy",
  created_at AS "createdAt", last_used_at AS "lastUsedAt", deleted_at AS "deletedAt",
  coalesce(retired_at, ${ofItsKey('retired_at')}) AS "retiredAt",
  coalesce(disabled_at, ${ofItsKey('disabled_at')}) AS "disabledAt",
  CASE WHEN ${ofItsKey('expires_at')} < expires_at THEN ${ofItsKey('expires_at')} ELSE expires_at END AS "expiresAt"`;

/** Replaces session keys by what a request with them gets: the name, the state and the restrictions of their keys. */
export async function asTheirKeys(manager: EntityManager, keys: readonly ApiKey[]): Promise<readonly ApiKey[]> {
  const ids = new Set(keys.flatMap(({ sessionOf }) => sessionOf ?? []));
  if (ids.size === 0) return keys;
  const openers = new Map((await selectKeys(manager, [...ids])).map((key) => [key.id, key]));
  return keys.map((key) => {
    const opener = key.sessionOf === null ? undefined : openers.get(key.sessionOf);
    return opener ? sessionOf(opener, key) : key;
  });
}

function sessionOf(opener: ApiKey, session: ApiKey): ApiKey {
  const own = Object.fromEntries(OWN.map((column) => [column, session[column]])) as Pick<ApiKey, (typeof OWN)[number]>;
  return {
    ...opener,
    ...own,
    expiresAt: sooner(session.expiresAt, opener.expiresAt),
    ...{ lastUsedAt: null, lastAddress: null, lastUserAgent: null },
    ...{ replaces: null, replacedBy: null, newestId: null, retires: null, madeBy: null },
  };
}
