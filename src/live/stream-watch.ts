import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { KeyVerifier } from '../auth/key-verifier';
import { findStreamedBucket } from '../buckets/bucket-streams';
import { isAddressIn } from '../common/addresses';
import { OutageLog } from '../common/outage-log';
import { repeat, type Repetition } from '../common/repeat';
import { LiveJournal } from './live-journal';
import { StreamHub } from './stream-hub';

/** A stream ends within a second after its key is deleted, disabled or expires, on every instance. */
const CHECKED_EVERY_MILLIS = 250;

/** Ends streams whose key is no longer valid, or whose bucket is deleted. */
@Injectable()
export class StreamWatch implements OnModuleDestroy {
  private repetition: Repetition | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly modules: ModuleRef,
    private readonly journal: LiveJournal,
    private readonly hub: StreamHub,
    private readonly outages: OutageLog,
  ) {}

  /** Begins with the first stream, and pauses itself after the last one. */
  begin(): void {
    this.repetition ??= repeat(CHECKED_EVERY_MILLIS, () => this.check());
  }

  onModuleDestroy(): void {
    void this.repetition?.stop();
  }

  private async check(): Promise<void> {
    if (this.hub.streams.size === 0) {
      void this.repetition?.stop();
      this.repetition = undefined;
      return;
    }
    try {
      await this.checkKeys();
      await this.checkBuckets();
    } catch (cause) {
      this.outages.background('The keys of open streams could not be checked yet', cause);
    }
  }

  private async checkKeys(): Promise<void> {
    const readers = [...this.hub.streams];
    const valid = await this.modules
      .get(KeyVerifier, { strict: false })
      .findValid([...new Set(readers.map(({ caller }) => caller.keyId))]);
    for (const reader of readers) {
      const { keyId, address } = reader.caller;
      const key = valid.get(keyId);
      if (!key) reader.close('key_invalid', 'The API key is no longer valid');
      else if (key.allowedIps !== null && !isAddressIn(address, key.allowedIps))
        reader.close('address_not_allowed', 'API key is not allowed from this address');
    }
  }

  private async checkBuckets(): Promise<void> {
    for (const bucketId of this.hub.bucketIds) {
      const exists =
        (await this.journal.keepRecording(bucketId)) &&
        (await findStreamedBucket(this.dataSource.manager, bucketId)) !== undefined;
      if (exists) continue;
      for (const reader of [...this.hub.streams])
        if (reader.channel.filter.bucketId === bucketId) reader.close('bucket_deleted', 'The bucket was deleted');
    }
  }
}
