import { createHash } from 'node:crypto';
import type { IPublishPacket } from 'mqtt-packet';
import type { CurrentApiKey } from '../../auth/current-key.decorator';
import { FairLruMap } from '../../common/fair-lru-map';
import type { Verdict } from '../storing/verdict';

/** Retained messages that are remembered, of all buckets. */
export const MAX_RETAINED = 100_000;
/** On one connection an unchanged message is a new report of the device after this time. */
export const UNCHANGED_MILLIS = 60_000;
const HASH_CHARACTERS = 16;

type RetainingKey = Pick<CurrentApiKey, 'bucketId' | 'lineId'>;

interface Retained {
  readonly hash: string;
  readonly connectionId: string;
  readonly arrivedAt: number;
  readonly verdict: Promise<Verdict>;
}

/**
 * Recognizes retained messages that come again: a bridge sends all of its broker's each time it connects. A device that reports the same
 * value at intervals on one connection is not meant.
 */
export class RetainedMessages {
  private readonly retained = new FairLruMap<Retained>(MAX_RETAINED);

  /** What became of the message before, if it is unchanged. */
  find(key: RetainingKey, connectionId: string, { topic, payload }: IPublishPacket): Promise<Verdict> | undefined {
    const before = this.retained.get(nameIn(key, topic));
    if (before?.hash !== hashOf(payload)) return undefined;
    const isAgain = before.connectionId !== connectionId || performance.now() - before.arrivedAt < UNCHANGED_MILLIS;
    return isAgain ? before.verdict : undefined;
  }

  /** Remembers a message, unless it is not stored. */
  add(key: RetainingKey, connectionId: string, { topic, payload }: IPublishPacket, verdict: Promise<Verdict>): void {
    const name = nameIn(key, topic);
    const retained = { hash: hashOf(payload), connectionId, arrivedAt: performance.now(), verdict };
    this.retained.set(key.lineId, name, retained);
    const forget = () => {
      if (this.retained.get(name) === retained) this.retained.delete(name);
    };
    verdict.then(({ result }) => {
      if (result !== 'stored') forget();
    }, forget);
  }
}

function hashOf(payload: string | Buffer): string {
  return createHash('sha256').update(payload).digest('base64url').slice(0, HASH_CHARACTERS);
}

function nameIn({ bucketId }: RetainingKey, topic: string): string {
  return `${bucketId} ${topic}`;
}
