import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { newId } from '../../common/ids';
import { isPostgres, query, rowLock } from '../../database/sql';
import { Writer } from '../../database/writer';
import { cutOff, type Absence } from './absences';

/** How often a running instance says so. */
export const BEAT_MILLIS = 5000;
/** Without a beat for so long, no instance ran, though one that was busy is still there. */
const LONGEST_GAP_MILLIS = 15_000;
/** The same where an instance starts: others may run, unless the last one said that it stopped. */
const GAP_AT_START_MILLIS = BEAT_MILLIS + 2000;
const STOPPED = '';
/** Clocks are trimmed by less than this. */
const JUMP_MILLIS = 2000;
/** Absences that are remembered. */
export const MOST_ABSENCES = 1000;

const FIRST = 'INSERT INTO server_heartbeats (id, at, wall, instance) VALUES (1, ?, ?, ?) ON CONFLICT DO NOTHING';
const LAST = 'SELECT at, wall, instance FROM server_heartbeats WHERE id = 1';
const BEAT = 'UPDATE server_heartbeats SET at = ?, wall = ?, instance = ? WHERE id = 1';
const NOW = 'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now';
const ADD = 'INSERT INTO server_absences (id, since, until) VALUES (?, ?, ?)';
const READ = `SELECT since, until FROM server_absences ORDER BY until DESC, id DESC LIMIT ${MOST_ABSENCES}`;
const BEYOND = `SELECT id FROM server_absences ORDER BY until DESC, id DESC LIMIT 100 OFFSET ${MOST_ABSENCES}`;
const YET_TO_BEGIN = 'DELETE FROM server_absences WHERE since >= ?';
const YET_TO_END = 'UPDATE server_absences SET until = ? WHERE until > ?';

interface Row {
  readonly at: number | string;
  readonly wall: number | string;
  readonly instance: string;
}

/**
 * Knows the times in which no instance of the server ran, or in which its clock skipped some: what did not come then is not
 * silence. Every instance beats by the database's clock, so that one whose own clock is wrong misleads none.
 */
@Injectable()
export class Presence {
  private readonly instance = newId();
  /** The last beat by the database's clock, and by the clock that is never set. */
  private last: { readonly at: number; readonly steady: number } | undefined;
  /** Steps of this instance's clock while others ran: they count for this one alone. */
  private steps: readonly Absence[] = [];

  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
  ) {}

  /**
   * Says that this instance runs, if it has not for a while, or if its clock was just set forwards.
   *
   * @returns whether it wrote something
   */
  async keep(step?: Absence): Promise<boolean> {
    if (step === undefined && this.last && performance.now() - this.last.steady < BEAT_MILLIS) return false;
    await this.beat(step);
    return true;
  }

  /** Says that this instance stops: from now on, none runs that does not say so again. */
  stop(): Promise<void> {
    return this.beat(undefined, STOPPED);
  }

  /** Says that this instance runs. Notes since when none did, where that is some time ago. */
  async beat(step?: Absence, as = this.instance): Promise<void> {
    const { at, isAlone } = await this.writer.write((manager) => this.beatIn(manager, as, step));
    if (step && !isAlone) this.steps = [...this.steps, step].slice(-MOST_ABSENCES);
    this.last = { at, steady: performance.now() };
  }

  /** Forgets steps of this instance's clock that are yet to come again, since it was set back. */
  setBack(now: number): void {
    this.steps = cutOff(this.steps, now);
  }

  /** The times that are no silence, as far as they are remembered. */
  async absences(): Promise<readonly Absence[]> {
    const rows = await query<Record<keyof Absence, number | string>>(this.dataSource.manager, READ, []);
    return [...rows.map(({ since, until }) => ({ since: Number(since), until: Number(until) })), ...this.steps];
  }

  private async beatIn(manager: EntityManager, as: string, step?: Absence): Promise<{ at: number; isAlone: boolean }> {
    await query(manager, FIRST, [await timeOf(manager), Date.now(), as]);
    const [row] = await query<Row>(manager, LAST + rowLock(manager, 'UPDATE'), []);
    if (!row) throw new Error('The row of the heartbeat is missing');
    // After the wait for the row, which may have been long.
    const at = await timeOf(manager);
    const wall = Date.now();
    const before = Number(row.at);
    // Else another instance has beaten since this one did last.
    const isAlone = this.last === undefined || row.instance === this.instance || before <= this.last.at;
    if (at < before - JUMP_MILLIS) {
      await query(manager, YET_TO_BEGIN, [wall]);
      await query(manager, YET_TO_END, [wall, wall]);
    }
    const absences = [absenceOf(row, { at, wall, isFirst: this.last === undefined }), ...(isAlone ? [step] : [])];
    for (const absence of absences) if (absence) await query(manager, ADD, [newId(), absence.since, absence.until]);
    if (absences.some((absence) => absence !== undefined)) await trim(manager);
    await query(manager, BEAT, [at, wall, as]);
    return { at, isAlone };
  }
}

/** Since when no instance ran before a beat, if none did for some time. By the clocks by which arrivals are noted. */
function absenceOf(
  { at: before, wall: wallBefore, instance }: Row,
  { at, wall, isFirst }: { readonly at: number; readonly wall: number; readonly isFirst: boolean },
): Absence | undefined {
  const limit = !isFirst ? LONGEST_GAP_MILLIS : instance === STOPPED ? 0 : GAP_AT_START_MILLIS;
  const gap = at - Number(before);
  if (gap <= limit) return undefined;
  // The machine's clock may have been set while no instance ran.
  const since = isFirst ? Number(wallBefore) : wall - gap;
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
