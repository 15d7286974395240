import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { presentedIdOf } from '../auth/current-key.decorator';
import { KeyVerifier } from '../auth/key-verifier';
import { isAddressIn } from '../common/addresses';
import { OutageLog } from '../common/outage-log';
import type { MqttConnection } from './connections/connection';

/** Keys that are read before other work gets its turn. */
const KEYS_AT_ONCE = 100;

/** Ends connections whose key is no longer valid, and gives the others its present limits. */
@Injectable()
export class KeyWatch {
  constructor(
    private readonly modules: ModuleRef,
    private readonly outages: OutageLog,
  ) {}

  async check(connections: Iterable<MqttConnection>): Promise<void> {
    const byKey = new Map<string, MqttConnection[]>();
    for (const connection of connections) {
      const { key } = connection;
      if (!key) continue;
      const id = presentedIdOf(key);
      const own = byKey.get(id);
      if (own) own.push(connection);
      else byKey.set(id, [connection]);
    }
    const ids = [...byKey.keys()];
    try {
      for (let start = 0; start < ids.length; start += KEYS_AT_ONCE) {
        await this.checkKeys(ids.slice(start, start + KEYS_AT_ONCE), byKey);
        await setImmediate();
      }
    } catch (cause) {
      this.outages.background('The keys of MQTT connections could not be checked yet', cause);
    }
  }

  private async checkKeys(
    ids: readonly string[],
    byKey: ReadonlyMap<string, readonly MqttConnection[]>,
  ): Promise<void> {
    const valid = await this.modules.get(KeyVerifier, { strict: false }).findValid(ids);
    for (const id of ids) {
      const key = valid.get(id);
      for (const connection of byKey.get(id) ?? [])
        if (!key) connection.closeForKey('The API key is no longer valid');
        else if (key.allowedIps !== null && !isAddressIn(connection.address, key.allowedIps))
          connection.closeForKey('API key is not allowed from this address');
        else connection.key = key;
    }
  }
}
