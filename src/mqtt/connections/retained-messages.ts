import { createHash } from 'node:crypto';
import type { IPublishPacket } from 'mqtt-packet';
import { LruMap } from '../../common/lru-map';

/** Retained messages that are remembered, of all buckets. */
export const MAX_RETAINED = 100_000;
/** On one connection an unchanged message is a new report of the device after this time. */
export const UNCHANGED_MILLIS = 60_000;
const HASH_CHARACTERS = 16;

interface Retained {
  readonly hash: string;
  readonly connectionId: string;
  readonly storedAt: number;
}

/**
 * Recognizes retained messages that come again: a bridge sends all of its broker's each time it connects. A device that reports the same
 * value at intervals on one connection is not meant.
 */
export class RetainedMessages {
  private readonly retained = new LruMap<string, Retained>(MAX_RETAINED);

  isUnchanged(bucketId: string, connectionId: string, { topic, payload }: IPublishPacket): boolean {
    const before = this.retained.get(`${bucketId} ${topic}`);
    if (before?.hash !== hashOf(payload)) return false;
    return before.connectionId !== connectionId || performance.now() - before.storedAt < UNCHANGED_MILLIS;
  }

  /** Remembers a message that is stored. */
  note(bucketId: string, connectionId: string, { topic, payload }: Pick<IPublishPacket, 'topic' | 'payload'>): void {
    this.retained.set(`${bucketId} ${topic}`, { hash: hashOf(payload), connectionId, storedAt: performance.now() });
  }
}

function hashOf(payload: string | Buffer): string {
  return createHash('sha256').update(payload).digest('base64url').slice(0, HASH_CHARACTERS);
}
