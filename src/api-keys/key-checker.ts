import { Inject, Injectable } from '@nestjs/common';
import type { CurrentApiKey } from '../access/current-key.decorator';
import { KeyMeter } from '../access/key-meter';
import type { KeyVerifier } from '../access/key-verifier';
import { CONFIG, type Config } from '../common/config/config';
import type { Actor } from '../common/journal';
import { Lookups, type Lookup } from '../database/lookup';
import { query, rowLock } from '../database/sql';
import { Writer } from '../database/writer';
import { ApiKey } from './api-key.entity';
import { KeyHasher } from './key-hasher';
import { FIND_KEY_BY_HASH, isUsable, toCurrentKey, type FoundKey } from './key-rows';
import { isKeyText } from './key-text';

/** Says whose key a text is, by asking the database every time: what was ended a moment ago is ended everywhere. */
@Injectable()
export class KeyChecker implements KeyVerifier {
  private readonly find: Lookup<FoundKey>;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'rateLimits'>,
    private readonly hasher: KeyHasher,
    private readonly meter: KeyMeter,
    private readonly writer: Writer,
    lookups: Lookups,
  ) {
    this.find = lookups.create(FIND_KEY_BY_HASH);
  }

  /** Writes nothing. What comes with a known key that has expired or is disabled is counted, so that its owner can be found. */
  async verify(text: string): Promise<CurrentApiKey | null> {
    if (!isKeyText(text)) return null;
    for (const hash of this.hasher.candidates(text)) {
      const row = await this.find(hash);
      if (!row) continue;
      const key = toCurrentKey(row, this.config.rateLimits, Date.now());
      if (!key) this.meter.countRefusal(row.id);
      return key;
    }
    return null;
  }

  retirePredecessor({ id, organizationId, bucketId }: CurrentApiKey, by: Actor): Promise<void> {
    return this.writer.write(async (manager, journal) => {
      const [own] = await query<{ retires: string | null }>(
        manager,
        `SELECT retires FROM api_keys WHERE id = ?${rowLock(manager, 'UPDATE')}`,
        [id],
      );
      // Of several first uses at once, one comes first.
      if (!own?.retires) return;
      await manager.update(ApiKey, { id }, { retires: null });
      const old = await manager.findOneBy(ApiKey, { id: own.retires });
      const now = Date.now();
      if (!old || old.deletedAt !== null || !isUsable(old, now)) return;
      await manager.update(ApiKey, { id: old.id }, { expiresAt: now });
      const target = { type: 'api key', id: old.id, name: old.name } as const;
      journal({ by, action: 'apiKey.retired', organizationId, bucketId, target, details: { replacedBy: id } });
    });
  }
}
