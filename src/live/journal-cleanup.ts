import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PeriodicTasks } from '../database/periodic-task';
import { query } from '../database/sql';
import type { Run } from '../database/watched';
import { Writer } from '../database/writer';
import { LiveJournal } from './live-journal';

/** How long a commit can be replayed. */
export const KEPT_MILLIS = 3_600_000;
/** How many points of commits are kept, over all buckets. */
export const MAX_KEPT_POINTS = 500_000;
const MINUTE_MILLIS = 60_000;
const ROWS_PER_STEP = 500;

const HEAD = 'SELECT max(seq) AS seq FROM live_commits';
const OLDEST = `SELECT seq, written_at AS "writtenAt" FROM live_commits WHERE seq IS NOT NULL
  ORDER BY seq LIMIT ${ROWS_PER_STEP}`;
const REMOVE = 'DELETE FROM live_commits WHERE seq <= ?';

/** Removes commits that are too old to be replayed, every minute. The last one stays: it has the last number. */
@Injectable()
export class JournalCleanup {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly journal: LiveJournal,
    periodicTasks: PeriodicTasks,
  ) {
    periodicTasks.register({
      failed: 'Old commits of streams could not be removed yet',
      everyMillis: MINUTE_MILLIS,
      work: (run) => this.remove(run, Date.now()),
    });
  }

  /** Removes what is too old now. */
  async remove(run: Run, nowMillis: number): Promise<void> {
    await this.journal.numberCommits();
    while (run.next() && (await this.removeSome(nowMillis)));
  }

  /** Returns whether there may be more. */
  private async removeSome(nowMillis: number): Promise<boolean> {
    const { manager } = this.dataSource;
    const [head] = await query<{ seq: number | null }>(manager, HEAD, []);
    if (head?.seq == null) return false;
    const last = head.seq;
    const beforeMicros = (nowMillis - KEPT_MILLIS) * 1000;
    const oldest = await query<{ seq: number; writtenAt: number }>(manager, OLDEST, []);
    const keptFrom = oldest.findIndex(
      ({ seq, writtenAt }) => seq === last || (writtenAt >= beforeMicros && seq > last - MAX_KEPT_POINTS),
    );
    const removed = keptFrom === -1 ? oldest : oldest.slice(0, keptFrom);
    const upTo = removed.at(-1)?.seq;
    if (upTo === undefined) return false;
    await this.writer.write((each) => query(each, REMOVE, [upTo]), { space: 'frees' });
    return removed.length === ROWS_PER_STEP;
  }
}
