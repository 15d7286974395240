import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { query } from './sql';
import { Writer } from './writer';

const HOUR_MILLIS = 3_600_000;
const ROWS_PER_STEP = 500;

/** Rows that count for so long after their `created_at`, in a table that has an `id` too. */
export interface AgingRows {
  readonly table: string;
  readonly keptMillis: number;
  /** Which of them may go; all, if not given. */
  readonly where?: string;
}

/** Removes what is too old to count, every hour and in steps that hold nobody up. Rooms register what ages. */
@Injectable()
export class OldRows implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Database');
  private readonly aging: AgingRows[] = [];
  private timer: NodeJS.Timeout | undefined;
  private removing = Promise.resolve();
  private stopped = false;

  constructor(private readonly writer: Writer) {}

  register(rows: AgingRows): void {
    this.aging.push(rows);
  }

  onApplicationBootstrap(): void {
    void this.remove();
    this.timer = setInterval(() => void this.remove(), HOUR_MILLIS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.removing;
  }

  /** Removes what is too old by now. What fails is done an hour later. */
  remove(nowMillis = Date.now()): Promise<void> {
    return (this.removing = this.removing.then(async () => {
      for (const rows of this.aging)
        try {
          while (!this.stopped && (await this.removeSome(rows, nowMillis)));
        } catch (cause) {
          this.logger.warn(`Old rows of ${rows.table} could not be removed yet: ${(cause as Error).message}`);
        }
    }));
  }

  /** Whether there may be more of them. */
  private removeSome({ table, keptMillis, where = '1 = 1' }: AgingRows, nowMillis: number): Promise<boolean> {
    const find = `SELECT id FROM ${table} WHERE created_at <= ? AND ${where} ORDER BY created_at LIMIT ${ROWS_PER_STEP}`;
    return this.writer.write(
      async (manager) => {
        const ids = (await query<{ id: string }>(manager, find, [nowMillis - keptMillis])).map(({ id }) => id);
        const holes = ids.map(() => '?').join(', ');
        if (ids.length > 0) await query(manager, `DELETE FROM ${table} WHERE id IN (${holes})`, ids);
        return ids.length === ROWS_PER_STEP;
      },
      { serializeOn: `removal from ${table}` },
    );
  }
}
