import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Schema } from '../data-sources/schema';
import { query } from '../database/sql';
import { PointRemoval } from '../points/point-removal';

const EVERY_MILLIS = 300_000;
const DAY_MILLIS = 86_400_000;

const ENDED = `SELECT s.number, s.schema FROM data_sources s JOIN point_totals t ON t.source = s.number
  WHERE s.deleted_at IS NOT NULL ORDER BY s.number LIMIT 100`;
const AGING = `SELECT s.number, s.schema, b.retention_days AS "retentionDays" FROM data_sources s
  JOIN buckets b ON b.id = s.bucket_id
  WHERE s.deleted_at IS NULL AND b.retention_days IS NOT NULL AND b.deleted_at IS NULL AND s.number > ?
  ORDER BY s.number LIMIT 100`;

interface SourceRow {
  readonly number: number;
  readonly schema: string;
}

/** Removes, in the background and in small steps, the points of deleted sources and what is older than a bucket keeps. */
@Injectable()
export class Retention implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Retention');
  private timer: NodeJS.Timeout | undefined;
  private sweeping = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly removal: PointRemoval,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweep(), EVERY_MILLIS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.sweeping;
  }

  /** Removes what is to be removed by now. What fails is done the next time. */
  sweep(nowMillis = Date.now()): Promise<void> {
    return (this.sweeping = this.sweeping.then(async () => {
      try {
        await this.removeEnded();
        await this.removeAged(nowMillis);
      } catch (cause) {
        this.logger.warn(`Old points could not be removed yet: ${(cause as Error).message}`);
      }
    }));
  }

  private async removeEnded(): Promise<void> {
    for (;;) {
      const rows = await query<SourceRow>(this.dataSource.manager, ENDED, []);
      for (const { number, schema } of rows) {
        if (this.stopped) return;
        await this.removal.removeAll({ number, schema: JSON.parse(schema) as Schema });
      }
      if (rows.length < 100) return;
    }
  }

  private async removeAged(nowMillis: number): Promise<void> {
    for (let last = 0; ;) {
      const rows = await query<SourceRow & { retentionDays: number }>(this.dataSource.manager, AGING, [last]);
      for (const { number, schema, retentionDays } of rows) {
        if (this.stopped) return;
        const kept = nowMillis - retentionDays * DAY_MILLIS;
        await this.removal.remove({ number, schema: JSON.parse(schema) as Schema }, [0, Math.max(0, kept)]);
        last = number;
      }
      if (rows.length < 100) return;
    }
  }
}
