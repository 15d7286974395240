import { Inject, Injectable } from '@nestjs/common';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { KeyMeter } from '../auth/key-meter';
import type { KeyVerifier } from '../auth/key-verifier';
import { StreamTickets } from '../auth/stream-tickets';
import { CONFIG, type Config } from '../common/config/config';
import type { Actor } from '../common/audit-event';
import { BatchedReads, type BatchedRead } from '../database/batched-reads';
import { query } from '../database/sql';
import { Writer } from '../database/writer';
import { ApiKey } from './api-key.entity';
import { KeyCounts } from './key-counts';
import { KeyHasher } from './key-hasher';
import { targetOf } from './key-audit-event';
import { lockKeys, lockLines } from './locked-lines';
import {
  FIND_KEY_BY_HASH,
  FIND_KEY_BY_ID,
  isLiving,
  isUsable,
  toCurrentKey,
  toCurrentSession,
  type FoundKey,
} from './key-rows';
import { isKeyText } from './key-text';

/** Verifies keys. Each request reads the database, so that a change of a key applies to all instances at once. */
@Injectable()
export class KeyChecker implements KeyVerifier {
  private readonly find: BatchedRead<FoundKey>;
  private readonly findById: BatchedRead<FoundKey>;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'rateLimits'>,
    private readonly hasher: KeyHasher,
    private readonly meter: KeyMeter,
    private readonly writer: Writer,
    private readonly counts: KeyCounts,
    private readonly tickets: StreamTickets,
    batchedReads: BatchedReads,
  ) {
    this.find = batchedReads.create(FIND_KEY_BY_HASH);
    this.findById = batchedReads.create(FIND_KEY_BY_ID);
  }

  /** Writes nothing. Requests with a key that has expired or is disabled are counted in its usage. */
  async verify(text: string): Promise<CurrentApiKey | null> {
    if (!isKeyText(text)) return null;
    for (const hash of this.hasher.candidates(text)) {
      const row = await this.find(hash);
      if (!row) continue;
      const key = row.sessionOf === null ? this.current(row, text) : await this.currentSession(row, text);
      if (!key) this.meter.countRefusal(row.sessionOf ?? row.id);
      return key;
    }
    return null;
  }

  async verifyTicket(ticket: string): Promise<CurrentApiKey | null> {
    const id = this.tickets.keyIdOf(ticket);
    return id === undefined ? null : ((await this.findValid([id])).get(id) ?? null);
  }

  /** Their hints are empty. */
  async findValid(ids: readonly string[]): Promise<Map<string, CurrentApiKey>> {
    const keys = await Promise.all(
      ids.map(async (id) => {
        const row = await this.findById(id);
        if (!row) return null;
        return row.sessionOf === null ? this.current(row, '') : this.currentSession(row, '');
      }),
    );
    return new Map(ids.flatMap((id, index) => (keys[index] ? [[id, keys[index]] as const] : [])));
  }

  private current(row: FoundKey, text: string): CurrentApiKey | null {
    return toCurrentKey(row, text, this.config.rateLimits, Date.now());
  }

  /** A second lookup, so that every change of the key applies to its sessions at once, and no change has to write them. */
  private async currentSession(row: FoundKey, text: string): Promise<CurrentApiKey | null> {
    const opener = await this.findById(row.sessionOf ?? '');
    const of = opener && this.current(opener, text);
    return of ? toCurrentSession(row, of, Date.now()) : null;
  }

  /** Runs under the lock of the rotation line, because the key may have been rotated or deleted since it was verified. */
  retirePredecessor({ id, lineId, organizationId, bucketId }: CurrentApiKey, by: Actor): Promise<boolean> {
    return this.writer.write(async (manager, audit) => {
      await lockLines(manager, [lineId]);
      const [found] = await query<{ retires: string | null }>(manager, 'SELECT retires FROM api_keys WHERE id = ?', [
        id,
      ]);
      const keys = await lockKeys(manager, [id, found?.retires ?? id]);
      const now = Date.now();
      const own = keys.find((key) => key.id === id);
      if (!own || !isUsable(own, now)) return false;
      // Another request has already retired it.
      if (own.retires === null) return true;
      await manager.update(ApiKey, { id }, { retires: null });
      const old = keys.find((key) => key.id === own.retires);
      if (!old || old.deletedAt !== null || old.retiredAt !== null) return true;
      await manager.update(ApiKey, { id: old.id }, { retiredAt: now, expiresAt: Math.min(now, old.expiresAt ?? now) });
      if (isLiving(old, now)) await this.counts.subtract(manager, { organizationId, bucketId }, 1);
      audit({
        ...{ by, action: 'apiKey.retired', organizationId, bucketId },
        ...{ target: targetOf(old), details: { replacedBy: id } },
      });
      return true;
    });
  }
}
