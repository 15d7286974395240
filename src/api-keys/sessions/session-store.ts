import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ApiError } from '../../common/errors';
import { isoTime } from '../../common/times';
import { bulkInsert } from '../../database/bulk-insert';
import { query } from '../../database/sql';
import { ApiKey } from '../api-key.entity';
import { KEY_NOT_FOUND } from '../api-keys.errors';
import { deleteKeys, scopeOf, targetOf, type KeyWork } from '../key-audit-event';
import { isUsable } from '../key-rows';
import { KeyService, type CreatedKey } from '../key.service';
import { lockKeys } from '../locked-lines';

/** The maximum number of sessions of a key. One more ends the oldest. */
export const MAX_SESSIONS = 20;

/** All but the newest sessions, which leave room for one more. */
const OLDEST = `SELECT id FROM api_keys WHERE session_of = ? AND deleted_at IS NULL AND expires_at > ?
  ORDER BY created_at DESC, id DESC LIMIT 1000 OFFSET ${MAX_SESSIONS - 1}`;

/** Stores session keys, in transactions that have locked the rotation line of their key. */
@Injectable()
export class SessionStore {
  constructor(private readonly keys: KeyService) {}

  /**
   * Adds a session key, and ends the oldest one of the key if there are too many.
   *
   * @throws ApiError `KEY_NOT_FOUND` if the key is not accepted, or is a session key itself
   */
  async add(work: KeyWork, of: ApiKey, seconds: number, { byCode = false } = {}): Promise<CreatedKey> {
    const { manager, audit, by } = work;
    const now = Date.now();
    if (!isUsable(of, now) || of.sessionOf !== null) throw new ApiError(KEY_NOT_FOUND);
    await endOldest(work, of, now);
    const { name, type, dataSourceId, writeOnly } = of;
    const expiresAt = Math.min(now + seconds * 1000, of.expiresAt ?? Infinity);
    const wanted = { name, type, expiresAt, dataSourceId: dataSourceId ?? undefined, writeOnly: writeOnly !== null };
    const made = this.keys.make(scopeOf(of), wanted);
    const created = { ...made, apiKey: { ...made.apiKey, sessionOf: of.id } };
    await bulkInsert(manager, ApiKey, [created.apiKey]);
    const details = { type, sessionOf: of.id, expiresAt: isoTime(expiresAt), ...(byCode && { byCode }) };
    audit({ by, action: 'session.opened', ...scopeOf(of), target: targetOf(created.apiKey), details });
    return created;
  }
}

async function endOldest(work: KeyWork, of: ApiKey, nowMillis: number): Promise<void> {
  const ids = await oldestOf(work.manager, of, nowMillis);
  if (ids.length > 0) await deleteKeys(work, await lockKeys(work.manager, ids));
}

async function oldestOf(manager: EntityManager, { id }: ApiKey, nowMillis: number): Promise<string[]> {
  const found = await query<{ id: string }>(manager, OLDEST, [id, nowMillis]);
  return found.map((row) => row.id);
}
