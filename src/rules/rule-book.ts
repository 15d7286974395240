import { randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../common/config/config';
import { newId } from '../common/ids';
import { isoTime } from '../common/times';
import type { Schema } from '../data-sources/schema';
import { OldRows } from '../database/old-rows';
import { isPostgres, query } from '../database/sql';
import { PointStore } from '../points/point-store';
import { unpack, type PackedPoint, type Value } from '../points/values';
import { Webhooks } from '../webhooks/webhooks.service';
import { AlertEvent } from './alert-event.entity';
import { AlertRule } from './alert-rule.entity';
import { currentValueOf, noticeOf, type ToldPoint } from './notices';
import { dueOf, fieldsOf, type Bell, type Judged, type Memory } from '../conditions/rule-state';

/** A rule as it is judged. */
export interface OpenRule extends Judged {
  readonly row: AlertRule;
}

/** A source whose rules are judged. */
export interface JudgedSource {
  readonly id: string;
  readonly number: number;
  readonly schema: Schema;
  /** Points from before this time are shown nowhere: the bucket's retention hides them. */
  readonly visibleFrom: number;
}

/** A bell, and the points that had come by then, the latest last. */
export interface Rung {
  readonly bell: Bell;
  readonly points: readonly PackedPoint[];
  /** From when on what is stored is of no account to it, if later points came before it was rung. */
  readonly until?: number;
}

const NOTE = `UPDATE alert_rules SET memory = ?, due_at = ?, last_triggered_at = ? WHERE id = ?`;
const BUMP = 'UPDATE data_sources SET watch_version = ? WHERE id = ?';
const MOST_VERSIONS = 2 ** 31 - 1;
const SOURCE_NAME = 'SELECT name FROM data_sources WHERE id = ?';
/** How far back a value is looked for that the points at hand lack. */
const POINTS_BACK = 100;
export const HISTORY_KEPT_MILLIS = 366 * 86_400_000;
/** One event in so many looks whether its rule has too many. */
const EVENTS_PER_TRIM = 100;
const BEYOND = 'SELECT id FROM alert_events WHERE rule_id = ? ORDER BY at DESC, id DESC LIMIT 1000 OFFSET ?';
/** A point may have a hundred texts of a thousand characters, and be told of by a thousand rules. */
export const LONGEST_TOLD_POINT = 4096;

/** Writes down what became of rules, and what is to be told of it. All in the transactions of its callers. */
@Injectable()
export class RuleBook {
  constructor(
    private readonly store: PointStore,
    private readonly webhooks: Webhooks,
    @Inject(CONFIG) private readonly config: Pick<Config, 'alertEventsPerRule'>,
    oldRows: OldRows,
  ) {
    oldRows.register({ table: 'alert_events', keptMillis: HISTORY_KEPT_MILLIS });
  }

  open(row: AlertRule): OpenRule {
    return { row, condition: row.parsedCondition, cooldownMillis: row.cooldownMinutes * 60_000 };
  }

  /** Says whether there was anything to write down. */
  async note(
    manager: EntityManager,
    source: JudgedSource,
    rule: OpenRule,
    memory: Memory,
    rung: readonly Rung[],
  ): Promise<boolean> {
    if (rung.length === 0 && isDeepStrictEqual(memory, rule.row.memory)) return false;
    let { lastTriggeredAt } = rule.row;
    for (const one of rung) {
      if (one.bell.event === 'triggered') lastTriggeredAt = one.bell.at;
      await this.tell(manager, source, rule, one, lastTriggeredAt ?? one.bell.at);
    }
    const values = [JSON.stringify(memory), dueOf(rule, memory), lastTriggeredAt, rule.row.id];
    await query(manager, NOTE, values);
    return true;
  }

  /**
   * Has whoever keeps a source's rules ready read them anew. Versions are drawn by lot: one that was counted up in a transaction
   * that came to nothing would come again, for other rules.
   */
  async bump(manager: EntityManager, sourceId: string): Promise<void> {
    await query(manager, BUMP, [randomInt(1, MOST_VERSIONS), sourceId]);
  }

  /** Has the silence of a source, or of all of a bucket, be counted from now on: while it took no points it was none. */
  async beginSilence(
    manager: EntityManager,
    where: { readonly sourceId: string } | { readonly bucketId: string },
    nowMillis = Date.now(),
  ): Promise<void> {
    const findSilent = async () =>
      (await manager.findBy(AlertRule, { ...where, status: 'active' })).filter(
        ({ parsedCondition }) => parsedCondition.operator === 'no_data',
      );
    // Sources before their rules, and in order, as everywhere: two transactions must not wait for each other.
    const sourceIds = new Set((await findSilent()).map(({ sourceId }) => sourceId));
    for (const sourceId of [...sourceIds].sort()) await this.bump(manager, sourceId);
    for (const row of await findSilent()) {
      const memory = { ...row.memory, since: [nowMillis] };
      const dueAt = dueOf({ condition: row.parsedCondition }, memory);
      await manager.update(AlertRule, { id: row.id }, { memory, dueAt });
    }
  }

  private async tell(
    manager: EntityManager,
    source: JudgedSource,
    { row }: OpenRule,
    { bell, points, until }: Rung,
    triggeredAt: number,
  ): Promise<void> {
    const fields = fieldsOf(row.parsedCondition);
    const { values, point: whole } = await this.latest(manager, source, fields, { points, until });
    const point = whole && boundedPoint(whole, fields);
    const [named] = await query<{ name: string }>(manager, SOURCE_NAME, [source.id]);
    await manager.insert(AlertEvent, {
      id: newId(),
      ruleId: row.id,
      bucketId: row.bucketId,
      event: bell.event,
      at: bell.at,
      currentValue: JSON.stringify(currentValueOf(row.parsedCondition, values, point, bell.at)),
      dataPoint: point && JSON.stringify(point),
      createdAt: Date.now(),
    });
    if (Math.random() * EVENTS_PER_TRIM < 1) await removeOldest(manager, row.id, this.config.alertEventsPerRule);
    const notice = noticeOf(row, named?.name ?? '', { bell, values, point, triggeredAt });
    await this.webhooks.enqueue(manager, row.id, notice);
  }

  /** The latest values of some fields: from the points at hand, and from stored ones for what these lack. */
  private async latest(
    manager: EntityManager,
    source: JudgedSource,
    fields: readonly string[],
    { points, until = Number.MAX_SAFE_INTEGER }: Omit<Rung, 'bell'>,
  ): Promise<{ values: Record<string, Value | undefined>; point: ToldPoint | null }> {
    const values: Record<string, Value | undefined> = {};
    const missing = () => fields.some((field) => values[field] === undefined);
    const take = (point: PackedPoint): ToldPoint => {
      const all = unpack(source.schema, point);
      for (const field of fields) values[field] ??= all[field];
      return { timestamp: isoTime(point.at), values: all };
    };
    let latest: ToldPoint | null = null;
    for (let index = points.length - 1; index >= 0 && (latest === null || missing()); index--) {
      const told = take(points[index] as PackedPoint);
      latest ??= told;
    }
    if (latest !== null && !missing()) return { values, point: latest };
    const visible = [source.visibleFrom, until] as const;
    for (const point of await this.store.read(manager, source, visible, { limit: POINTS_BACK, sort: 'desc' })) {
      const told = take(point);
      latest ??= told;
      if (!missing()) break;
    }
    return { values, point: latest };
  }
}

/** A point with the values of some fields alone where all of them are too much. */
function boundedPoint(point: ToldPoint, fields: readonly string[]): ToldPoint {
  if (JSON.stringify(point.values).length <= LONGEST_TOLD_POINT) return point;
  const own = Object.entries(point.values).filter(([name]) => fields.includes(name));
  return { ...point, values: Object.fromEntries(own) };
}

/** Removes the oldest events of a rule that has too many. */
async function removeOldest(manager: EntityManager, ruleId: string, most: number): Promise<void> {
  // What is being removed for its age is left: nothing may wait for it here.
  const lock = isPostgres(manager) ? ' FOR UPDATE SKIP LOCKED' : '';
  const ids = (await query<{ id: string }>(manager, BEYOND + lock, [ruleId, most])).map(({ id }) => id);
  if (ids.length > 0)
    await query(manager, `DELETE FROM alert_events WHERE id IN (${ids.map(() => '?').join(', ')})`, ids);
}
