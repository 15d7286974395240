import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { newId } from '../../common/ids';
import { isPostgres, query, rowLock } from '../../database/sql';
import { Writer } from '../../database/writer';
import { truncateAt, type Downtime } from './downtimes';

/** How often a running instance writes its heartbeat. */
export const HEARTBEAT_MILLIS = 5000;
/** A longer gap between heartbeats is downtime. A shorter one may be a busy instance. */
const MAX_GAP_MILLIS = 15_000;
/** The same for an instance that starts: another one may be running, unless the last one recorded its stop. */
const MAX_GAP_AT_START_MILLIS = HEARTBEAT_MILLIS + 2000;
const STOPPED = '';
/** More than clocks are slewed by. */
const JUMP_MILLIS = 2000;
/** Downtimes that are kept. */
export const MAX_DOWNTIMES = 1000;

const FIRST = 'INSERT INTO server_heartbeats (id, at, wall, instance) VALUES (1, ?, ?, ?) ON CONFLICT DO NOTHING';
const LAST = 'SELECT at, wall, instance FROM server_heartbeats WHERE id = 1';
const HEARTBEAT = 'UPDATE server_heartbeats SET at = ?, wall = ?, instance = ? WHERE id = 1';
const NOW = 'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now';
const ADD = 'INSERT INTO server_absences (id, since, until) VALUES (?, ?, ?)';
const READ = `SELECT since, until FROM server_absences ORDER BY until DESC, id DESC LIMIT ${MAX_DOWNTIMES}`;
const BEYOND = `SELECT id FROM server_absences ORDER BY until DESC, id DESC LIMIT 100 OFFSET ${MAX_DOWNTIMES}`;
const REMOVE_FUTURE = 'DELETE FROM server_absences WHERE since >= ?';
const CUT_OFF_FUTURE = 'UPDATE server_absences SET until = ? WHERE until > ?';

interface Row {
  readonly at: number;
  readonly wall: number;
  readonly instance: string;
}

/** How this instance's clock was set since the last call. */
export interface ClockChange {
  /** What it skipped when it was set forward. */
  readonly skip?: Downtime | undefined;
  readonly isSetBack?: boolean;
}

/**
 * Records when no instance of the server ran, and what a clock skipped when it was set forward: this time does not count as
 * missing data. Heartbeats use the database's clock, so that one instance with a wrong clock does not mislead the others.
 */
@Injectable()
export class UptimeMonitor {
  private readonly instance = newId();
  /** The last heartbeat of this instance, by the database's clock and by the monotonic clock. */
  private last: { readonly at: number; readonly monotonic: number } | undefined;
  /** What this instance's clock skipped while other instances ran. It counts for this instance only. */
  private skips: readonly Downtime[] = [];

  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
  ) {}

  /**
   * Writes a heartbeat if one is due, or if the clock was set.
   *
   * @returns whether it wrote one
   */
  async keepAlive(change: ClockChange): Promise<boolean> {
    const isSet = change.skip !== undefined || change.isSetBack;
    if (!isSet && this.last && performance.now() - this.last.monotonic < HEARTBEAT_MILLIS) return false;
    await this.recordHeartbeat(change);
    return true;
  }

  /** Records that this instance stops: the time from now on is downtime, unless another instance writes a heartbeat. */
  stop(): Promise<void> {
    return this.recordHeartbeat({}, STOPPED);
  }

  /** Writes a heartbeat, and a downtime if the one before is too old. */
  async recordHeartbeat(change: ClockChange = {}, as = this.instance): Promise<void> {
    const { skip } = change;
    const { at, isAlone } = await this.writer.write((manager) => this.writeHeartbeat(manager, as, change));
    if (skip && !isAlone) this.skips = [...this.skips, skip].slice(-MAX_DOWNTIMES);
    this.last = { at, monotonic: performance.now() };
  }

  /** Forgets skips that lie in the future, because the clock was set back. */
  adjustToClock(now: number): void {
    this.skips = truncateAt(this.skips, now);
  }

  /** The downtimes that are kept. */
  async downtimes(): Promise<readonly Downtime[]> {
    const rows = await query<Downtime>(this.dataSource.manager, READ, []);
    return [...rows, ...this.skips];
  }

  private async writeHeartbeat(
    manager: EntityManager,
    as: string,
    { skip, isSetBack = false }: ClockChange,
  ): Promise<{ at: number; isAlone: boolean }> {
    await query(manager, FIRST, [await timeOf(manager), Date.now(), as]);
    const [row] = await query<Row>(manager, LAST + rowLock(manager, 'UPDATE'), []);
    if (!row) throw new Error('The heartbeat row is missing');
    // Read the clocks again: the wait for the lock may have been long.
    const at = await timeOf(manager);
    const wall = Date.now();
    const before = row.at;
    // Otherwise another instance has written a heartbeat since this one did.
    const isAlone = this.last === undefined || row.instance === this.instance || before <= this.last.at;
    // The database's clock may be right while this instance's clock was wrong, and so what it recorded alone.
    if (at < before - JUMP_MILLIS || (isSetBack && isAlone)) {
      await query(manager, REMOVE_FUTURE, [wall]);
      await query(manager, CUT_OFF_FUTURE, [wall, wall]);
    }
    const downtimes = [downtimeBefore(row, { at, wall, isFirst: this.last === undefined }), ...(isAlone ? [skip] : [])];
    for (const downtime of downtimes)
      if (downtime) await query(manager, ADD, [newId(), downtime.since, downtime.until]);
    if (downtimes.some((downtime) => downtime !== undefined)) await trim(manager);
    await query(manager, HEARTBEAT, [at, wall, as]);
    return { at, isAlone };
  }
}

/** The downtime before a heartbeat, if there was any, on the clock that records arrivals. */
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

/** The time of the database's clock. SQLite uses the machine's clock. */
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
