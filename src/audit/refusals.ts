import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { LoggedRefusal, RefusalLog } from '../access/refusal-log';
import type { JournalEvent } from '../common/journal';
import { Writer } from '../database/writer';

const FLUSH_EVERY_MILLIS = 1000;
const MOST_A_SECOND = 100;
/** What waits for a database that cannot be written to. */
const MOST_WAITING = 1000;
const LONGEST_PATH = 200;

/** Notes refusals down once a second, in the background. Above a hundred a second they are counted only. */
@Injectable()
export class Refusals implements RefusalLog, OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Refusals');
  private waiting: JournalEvent[] = [];
  private second = 0;
  private inSecond = 0;
  /** How many were only counted, by organization. */
  private counted = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private flushing = Promise.resolve();

  constructor(private readonly writer: Writer) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_EVERY_MILLIS).unref();
  }

  /** After the last request, and before the database closes. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  add({ by, organizationId, bucketId, method, path, message }: LoggedRefusal, nowMillis = Date.now()): void {
    const second = Math.floor(nowMillis / 1000);
    if (second !== this.second) {
      this.second = second;
      this.inSecond = 0;
    }
    this.inSecond += 1;
    if (this.inSecond > MOST_A_SECOND || this.waiting.length >= MOST_WAITING) {
      this.counted.set(organizationId, (this.counted.get(organizationId) ?? 0) + 1);
      return;
    }
    const details = { method, path: path.slice(0, LONGEST_PATH), message };
    const target = { type: 'route' } as const;
    this.waiting.push({ by, action: 'access.refused', organizationId, bucketId, target, details });
  }

  /** Writes down what waits. What cannot be written now is kept for the next time. */
  flush(): Promise<void> {
    return (this.flushing = this.flushing.then(() => this.write()));
  }

  private async write(): Promise<void> {
    const { waiting, counted } = this;
    if (waiting.length === 0 && counted.size === 0) return;
    this.waiting = [];
    this.counted = new Map();
    try {
      await this.writer.write((_manager, journal) => {
        for (const event of waiting) journal(event);
        for (const [organizationId, more] of counted) journal(moreOf(organizationId, more));
        return Promise.resolve();
      });
    } catch (cause) {
      this.logger.warn(`${waiting.length} refusals could not be written to the audit log: ${(cause as Error).message}`);
      this.waiting = [...waiting, ...this.waiting].slice(0, MOST_WAITING);
      for (const [id, more] of counted) this.counted.set(id, (this.counted.get(id) ?? 0) + more);
    }
  }
}

function moreOf(organizationId: string, more: number): JournalEvent {
  const target = { type: 'route' } as const;
  return { by: { kind: 'server' }, action: 'access.refused', organizationId, target, details: { more } };
}
