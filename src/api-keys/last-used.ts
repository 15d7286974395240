import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { query } from '../database/sql';
import { Writer } from '../database/writer';

/** Twice a minute, so that what a list shows is within a minute of the truth even when a flush takes its time. */
const FLUSH_EVERY_MILLIS = 30_000;
const KEYS_PER_STATEMENT = 5000;

/** When each key was last used: kept in memory, so that a request writes nothing, and written down now and then. */
@Injectable()
export class LastUsed implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('LastUsed');
  private seen = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly writer: Writer) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_EVERY_MILLIS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  touch(keyId: string, nowMillis = Date.now()): void {
    this.seen.set(keyId, nowMillis);
  }

  /** Writes down what has been seen, forward only. What cannot be written now is kept for the next time. */
  async flush(): Promise<void> {
    const entries = [...this.seen].sort(([a], [b]) => (a < b ? -1 : 1));
    this.seen = new Map();
    for (let start = 0; start < entries.length; start += KEYS_PER_STATEMENT) {
      const slice = entries.slice(start, start + KEYS_PER_STATEMENT);
      try {
        await this.write(slice);
      } catch (cause) {
        this.logger.warn(
          `The times of last use of ${slice.length} keys could not be written: ${(cause as Error).message}`,
        );
        for (const [id, at] of slice) this.seen.set(id, Math.max(at, this.seen.get(id) ?? 0));
      }
    }
  }

  private async write(entries: readonly (readonly [string, number])[]): Promise<void> {
    const rows = entries.map(() => '(?, ?)').join(', ');
    const sql = `UPDATE api_keys SET last_used_at = CAST(seen.column2 AS bigint) FROM (VALUES ${rows}) AS seen
      WHERE api_keys.id = seen.column1 AND (last_used_at IS NULL OR last_used_at < CAST(seen.column2 AS bigint))`;
    await this.writer.write((manager) => query(manager, sql, entries.flat()));
  }
}
