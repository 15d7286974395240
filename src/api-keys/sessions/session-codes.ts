import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { bulkInsert } from '../../database/bulk-insert';
import { ExpiredRows } from '../../database/expired-rows';
import { change, query } from '../../database/sql';
import { isoTime } from '../../common/times';
import type { ApiKey } from '../api-key.entity';
import { scopeOf, targetOf, type KeyWork } from '../key-audit-event';
import { KeyHasher } from '../key-hasher';
import { marksFor } from '../key-table';
import { randomText } from '../key-text';
import type { KeyScope } from '../new-key';
import { SessionCode } from './session-code.entity';

/** How long a code can be exchanged. */
export const CODE_MILLIS = 15 * 60_000;
/** 22 characters have 130 random bits. */
const CODE_LENGTH = 22;
const FORMAT = /^[0-9A-Za-z]{22}$/;
/** When the row of a code, used or not, is removed. */
const KEPT_MILLIS = 24 * 3_600_000;

const FIND = (ids: readonly string[]) => `SELECT c.id, c.key_id AS "keyId", k.organization_id AS "organizationId",
  k.bucket_id AS "bucketId" FROM session_codes c JOIN api_keys k ON k.id = c.key_id
  WHERE c.id IN (${marksFor(ids)}) AND c.used_at IS NULL AND c.expires_at > ?`;
/** Of two requests with one code, one changes the row. */
const USE = 'UPDATE session_codes SET used_at = ? WHERE id = ? AND used_at IS NULL AND expires_at > ?';

/** A code that can be exchanged, and its key. */
export interface FoundCode extends KeyScope {
  readonly id: string;
  readonly keyId: string;
}

/** A new code, whose text cannot be read again. */
export interface CreatedCode {
  readonly code: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** One-time codes that open a session of a key. Only their hashes are stored. */
@Injectable()
export class SessionCodes {
  constructor(
    private readonly dataSource: DataSource,
    private readonly hasher: KeyHasher,
    expiredRows: ExpiredRows,
  ) {
    expiredRows.register({ table: 'session_codes', keptMillis: KEPT_MILLIS });
  }

  /** Creates a code for a key, in the caller's transaction. */
  async create({ manager, audit, by }: KeyWork, key: ApiKey, nowMillis = Date.now()): Promise<CreatedCode> {
    const code = randomText(CODE_LENGTH);
    const { hash: id } = this.hasher.hash(code);
    const expiresAt = nowMillis + CODE_MILLIS;
    await bulkInsert(manager, SessionCode, [{ id, keyId: key.id, createdAt: nowMillis, expiresAt, usedAt: null }]);
    const details = { type: key.type, expiresAt: isoTime(expiresAt) };
    audit({ by, action: 'session.codeCreated', ...scopeOf(key), target: targetOf(key), details });
    return { code, expiresAt };
  }

  /** The code with this text, unless it has expired or was used. Begins no transaction: anyone can send any text. */
  async find(text: string): Promise<FoundCode | undefined> {
    if (!FORMAT.test(text)) return undefined;
    const hashes = this.hasher.candidates(text);
    const [found] = await query<FoundCode>(this.dataSource.manager, FIND(hashes), [...hashes, Date.now()]);
    return found;
  }

  /** Uses a code up. @returns false if another request was first */
  async use(manager: EntityManager, { id }: FoundCode): Promise<boolean> {
    const now = Date.now();
    return (await change(manager, USE, [now, id, now])) === 1;
  }
}
