import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { query } from './sql';
import { Upkeep } from './upkeep';
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
  private readonly upkeep = new Upkeep(new Logger('Database'));
  private readonly aging: AgingRows[] = [];

  constructor(private readonly writer: Writer) {}

  register(rows: AgingRows): void {
    this.aging.push(rows);
  }

  onApplicationBootstrap(): void {
    void this.remove();
    this.upkeep.every(HOUR_MILLIS, () => this.remove());
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.upkeep.stop();
  }

  /** Removes what is too old by now. What fails is done an hour later. */
  async remove(nowMillis = Date.now()): Promise<void> {
    for (const rows of this.aging)
      await this.upkeep.inTurn(`Old rows of ${rows.table}`, async () => {
        while (this.upkeep.goesOn && (await this.removeSome(rows, nowMillis)));
      });
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
