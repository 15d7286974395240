import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { newId } from '../../common/ids';
import { isPostgres, query, rowLock } from '../../database/sql';
import { Writer } from '../../database/writer';
import { truncateAt, type Downtime } from './downtimes';

/** How often a running instance says so. */
export const HEARTBEAT_MILLIS = 5000;
/** Without a beat for so long, no instance ran, though one that was busy is still there. */
const MAX_GAP_MILLIS = 15_000;
/** The same where an instance starts: others may run, unless the last one said that it stopped. */
const MAX_GAP_AT_START_MILLIS = HEARTBEAT_MILLIS + 2000;
const STOPPED = '';
/** Clocks are trimmed by less than this. */
const JUMP_MILLIS = 2000;
/** Absences that are remembered. */
export const MAX_DOWNTIMES = 1000;

const FIRST = 'INSERT INTO server_heartbeats (id, at, wall, instance) VALUES (1, ?, ?, ?) ON CONFLICT DO NOTHING';
const LAST = 'SELECT at, wall, instance FROM server_heartbeats WHERE id = 1';
const BEAT = 'UPDATE server_heartbeats SET at = ?, wall = ?, instance = ? WHERE id = 1';
const NOW = 'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now';
const ADD = 'INSERT INTO server_absences (id, since, until) VALUES (?, ?, ?)';
const READ = `SELECT since, until FROM server_absences ORDER BY until DESC, id DESC LIMIT ${MAX_DOWNTIMES}`;
const BEYOND = `SELECT id FROM server_absences ORDER BY until DESC, id DESC LIMIT 100 OFFSET ${MAX_DOWNTIMES}`;
const YET_TO_BEGIN = 'DELETE FROM server_absences WHERE since >= ?';
const YET_TO_END = 'UPDATE server_absences SET until = ? WHERE until > ?';

interface Row {
  readonly at: number;
  readonly wall: number;
  readonly instance: string;
}

/**
 * Knows the times in which no instance of the server ran, or in which its clock skipped some: what did not come then is not
 * silence. Every instance beats by the database's clock, so that one whose own clock is wrong misleads none.
 */
@Injectable()
export class UptimeMonitor {
  private readonly instance = newId();
  /** The last beat by the database's clock, and by the clock that is never set. */
  private last: { readonly at: number; readonly monotonic: number } | undefined;
  /** Steps of this instance's clock while others ran: they count for this one alone. */
  private steps: readonly Downtime[] = [];

  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
  ) {}

  /**
   * Says that this instance runs, if it has not for a while, or if its clock was just set forwards.
   *
   * @returns whether it wrote something
   */
  async keep(step?: Downtime): Promise<boolean> {
    if (step === undefined && this.last && performance.now() - this.last.monotonic < HEARTBEAT_MILLIS) return false;
    await this.recordHeartbeat(step);
    return true;
  }

  /** Says that this instance stops: from now on, none runs that does not say so again. */
  stop(): Promise<void> {
    return this.recordHeartbeat(undefined, STOPPED);
  }

  /** Says that this instance runs. Notes since when none did, where that is some time ago. */
  async recordHeartbeat(step?: Downtime, as = this.instance): Promise<void> {
    const { at, isAlone } = await this.writer.write((manager) => this.writeHeartbeat(manager, as, step));
    if (step && !isAlone) this.steps = [...this.steps, step].slice(-MAX_DOWNTIMES);
    this.last = { at, monotonic: performance.now() };
  }

  /** Forgets steps of this instance's clock that are yet to come again, since it was set back. */
  adjustToClock(now: number): void {
    this.steps = truncateAt(this.steps, now);
  }

  /** The times that are no silence, as far as they are remembered. */
  async downtimes(): Promise<readonly Downtime[]> {
    const rows = await query<Downtime>(this.dataSource.manager, READ, []);
    return [...rows, ...this.steps];
  }

  private async writeHeartbeat(
    manager: EntityManager,
    as: string,
    step?: Downtime,
  ): Promise<{ at: number; isAlone: boolean }> {
    await query(manager, FIRST, [await timeOf(manager), Date.now(), as]);
    const [row] = await query<Row>(manager, LAST + rowLock(manager, 'UPDATE'), []);
    if (!row) throw new Error('The row of the heartbeat is missing');
    // After the wait for the row, which may have been long.
    const at = await timeOf(manager);
    const wall = Date.now();
    const before = row.at;
    // Else another instance has beaten since this one did last.
    const isAlone = this.last === undefined || row.instance === this.instance || before <= this.last.at;
    if (at < before - JUMP_MILLIS) {
      await query(manager, YET_TO_BEGIN, [wall]);
      await query(manager, YET_TO_END, [wall, wall]);
    }
    const downtimes = [downtimeBefore(row, { at, wall, isFirst: this.last === undefined }), ...(isAlone ? [step] : [])];
    for (const downtime of downtimes)
      if (downtime) await query(manager, ADD, [newId(), downtime.since, downtime.until]);
    if (downtimes.some((downtime) => downtime !== undefined)) await trim(manager);
    await query(manager, BEAT, [at, wall, as]);
    return { at, isAlone };
  }
}

/** Since when no instance ran before a beat, if none did for some time. By the clocks by which arrivals are noted. */
function downtimeBefore(
  { at: before, wall: wallBefore, instance }: Row,
  { at, wall, isFirst }: { readonly at: number; readonly wall: number; readonly isFirst: boolean },
): Downtime | undefined {
  const limit = !isFirst ? MAX_GAP_MILLIS : instance === STOPPED ? 0 : MAX_GAP_AT_START_MILLIS;
  const gap = at - before;
  if (gap <= limit) return undefined;
  // The machine's clock may have been set while no instance ran.
  const since = isFirst ? wallBefore : wall - gap;
  return since < wall ? { since, until: wall } : undefined;
}

/** The database's time: SQLite has that of the machine. */
async function timeOf(manager: EntityManager): Promise<number> {
  if (!isPostgres(manager)) return Date.now();
  const [row] = await query<{ now: string }>(manager, NOW, []);
  return Math.round(Number(row?.now));
}

async function trim(manager: EntityManager): Promise<void> {
  const ids = (await query<{ id: string }>(manager, BEYOND, [])).map(({ id }) => id);
  if (ids.length > 0)
    await query(manager, `DELETE FROM server_absences WHERE id IN (${ids.map(() => '?').join(', ')})`, ids);
}
