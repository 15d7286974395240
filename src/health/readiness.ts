import { basename } from 'node:path';
import { Injectable } from '@nestjs/common';
import { databaseFailureOf } from '../common/database-failure';
import { OutageLog } from '../common/outage-log';
import { isPostgres, query } from '../database/sql';
import { Writer } from '../database/writer';
import { Clock } from './clock';
import { SharedProbe } from './shared-probe';

/** Without a reserve, only failed requests show that the disk is full. How long such a failure counts. */
const FULL_SEEN_MILLIS = 10_000;
/** How long damage that a request found counts. */
const DAMAGE_SEEN_MILLIS = 300_000;
const WRITE_WAIT_OF_READERS_MILLIS = 500;

/** `timeout`: no response for up to 10 s; `read_only`: a standby; `failed`: any other reason. */
export const STATES = [
  ...(['ok', 'busy', 'full', 'damaged', 'gone', 'outdated', 'unavailable'] as const),
  ...(['read_only', 'timeout', 'failed'] as const),
] as const;
export type State = (typeof STATES)[number];

/** What the server can do with its database. */
export interface Condition {
  readonly read: State;
  readonly write: State;
  /** Whether damaged data was found in the last minutes. */
  readonly data: 'ok' | 'damaged';
  /** How many milliseconds the server's clock is ahead of the database's; undefined if within the tolerance. */
  readonly clockOffset: number | undefined;
}

interface Reading {
  readonly state: State;
  readonly clockOffset?: number | undefined;
}

/** Checks whether the database can be read and written. Concurrent callers share a check, so that its cost is bounded. */
@Injectable()
export class Readiness {
  private readonly reads = new SharedProbe(() => this.read());
  private readonly writes = new SharedProbe(() => this.write());

  constructor(
    private readonly clock: Clock,
    private readonly writer: Writer,
    private readonly outages: OutageLog,
  ) {}

  /** The name of the rescue copy, once it is complete. Its folder is only in the log, because this response is public. */
  get rescueFile(): string | undefined {
    const { rescueFile } = this.writer;
    return rescueFile && basename(rescueFile);
  }

  /** @param purpose with `read`, a write that hangs delays the response by at most half a second */
  async condition(purpose: 'read' | 'write'): Promise<Condition> {
    const writeWait = purpose === 'read' ? WRITE_WAIT_OF_READERS_MILLIS : undefined;
    const [read, write] = await Promise.all([this.reads.look(), this.writes.look(writeWait)]);
    return {
      read: read?.state ?? 'timeout',
      write: this.isFull() ? 'full' : (write ?? 'timeout'),
      data: this.outages.hasSeen('damaged', DAMAGE_SEEN_MILLIS) ? 'damaged' : 'ok',
      clockOffset: read?.clockOffset,
    };
  }

  /** Checked separately, because an empty transaction succeeds on a full disk. */
  private isFull(): boolean {
    return this.writer.isDiskFull ?? this.outages.hasSeen('full', FULL_SEEN_MILLIS);
  }

  private async read(): Promise<Reading> {
    try {
      return { state: 'ok', clockOffset: await this.clock.ask() };
    } catch (cause) {
      return { state: this.failed('The database could not be read', cause) };
    }
  }

  private async write(): Promise<State> {
    try {
      return await this.writer.write(async (manager) => {
        if (!isPostgres(manager)) return 'ok';
        const [row] = await query<{ value: string }>(manager, READ_ONLY, []);
        return row?.value === 'on' ? 'read_only' : 'ok';
      });
    } catch (cause) {
      return this.failed('The database could not be written', cause);
    }
  }

  private failed(what: string, cause: unknown): State {
    this.outages.background(what, cause);
    return databaseFailureOf(cause) ?? 'failed';
  }
}

const READ_ONLY = `SELECT current_setting('transaction_read_only') AS value`;
