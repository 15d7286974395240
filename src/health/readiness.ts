import { basename } from 'node:path';
import { Injectable } from '@nestjs/common';
import { databaseFailureOf } from '../common/database-failure';
import { OutageLog } from '../common/outage-log';
import { isPostgres, query } from '../database/sql';
import { Writer } from '../database/writer';
import { Clock } from './clock';
import { SharedProbe } from './shared-probe';

/** Without a reserve a full disk shows only in requests: the last of them counts for so long. The same for damage. */
const FULL_SEEN_MILLIS = 10_000;
const DAMAGE_SEEN_MILLIS = 300_000;
const WRITE_WAIT_OF_READERS_MILLIS = 500;

/** `timeout`: nothing has answered for up to 10 s; `read_only`: a standby; `failed`: for another reason than those. */
export const STATES = [
  ...(['ok', 'busy', 'full', 'damaged', 'gone', 'outdated', 'unavailable'] as const),
  ...(['read_only', 'timeout', 'failed'] as const),
] as const;
export type State = (typeof STATES)[number];

/** What the server can do with its database. */
export interface Condition {
  readonly read: State;
  readonly write: State;
  /** Whether what is stored has shown damage in the last minutes. */
  readonly data: 'ok' | 'damaged';
  /** By how many milliseconds the server's clock is ahead of the database's, where that matters. */
  readonly clockOffset: number | undefined;
}

interface Reading {
  readonly state: State;
  readonly clockOffset?: number | undefined;
}

/** Finds out whether the database can be read and written, without loading it more the more often one asks. */
@Injectable()
export class Readiness {
  private readonly reads = new SharedProbe(() => this.read());
  private readonly writes = new SharedProbe(() => this.write());

  constructor(
    private readonly clock: Clock,
    private readonly writer: Writer,
    private readonly outages: OutageLog,
  ) {}

  /** The name of the rescue copy, once it is complete. Its folder is in the log: this is told to everyone. */
  get rescueFile(): string | undefined {
    const { rescueFile } = this.writer;
    return rescueFile && basename(rescueFile);
  }

  /** @param purpose for `read` a write that hangs holds up the answer for half a second at most */
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

  /** An empty transaction succeeds on a full disk. */
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
