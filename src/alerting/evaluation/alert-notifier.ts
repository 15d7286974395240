import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../../common/config/config';
import { newId } from '../../common/ids';
import { isoTime } from '../../common/times';
import { fieldsOf } from '../conditions/matching';
import type { Transition } from '../conditions/state-machine';
import type { Schema } from '../../sources/schema';
import { findSource } from '../../sources/source-rows';
import { ExpiredRows } from '../../database/expired-rows';
import { bulkInsert } from '../../database/bulk-insert';
import { isPostgres, query } from '../../database/sql';
import { PointStore } from '../../points/point-store';
import { unpack, type PackedPoint, type Value } from '../../points/values';
import { Webhooks } from '../../webhooks/webhooks.service';
import { AlertEvent } from './alert-event.entity';
import type { AlertRule } from './alert-rule.entity';
import { currentValueOf, alertMessageOf } from './alert-payload';
import type { LoadedRule } from './loaded-rules';
import type { ResolveReason, AlertDetails, AlertPoint } from './alert-details';

/** A data source whose rules are evaluated. */
export interface EvaluatedSource {
  readonly id: string;
  readonly number: number;
  readonly schema: Schema;
  /** Points before this time are hidden by the bucket's retention. */
  readonly visibleFrom: number;
}

/** A transition, and the points that are not stored yet but were seen by then, the newest last. */
export interface TransitionWithPoints {
  readonly transition: Transition;
  readonly points: readonly PackedPoint[];
  /** Stored points from this time on are ignored, because they are newer than the transition. */
  readonly until?: number;
  /** For `no_data`: since when data is missing. */
  readonly noDataSince?: number | undefined;
  /** Why the alert ended, if not through its condition. */
  readonly reason?: ResolveReason | undefined;
}

/** How many stored points are searched for the fields that the points of the batch lack. */
const POINTS_BACK = 100;
export const HISTORY_KEPT_MILLIS = 366 * 86_400_000;
/** One event in this many checks whether its rule has too many. */
const EVENTS_PER_TRIM = 100;
const BEYOND = 'SELECT id FROM alert_events WHERE rule_id = ? ORDER BY at DESC, id DESC LIMIT 1000 OFFSET ?';
/** The length of a point's values as JSON. A point can have 100 texts of 1,000 characters, and fire 1,000 rules. */
export const MAX_POINT_LENGTH = 4096;

/** Writes transitions to the history and queues their messages, in the transactions of its callers. */
@Injectable()
export class AlertNotifier {
  constructor(
    private readonly store: PointStore,
    private readonly webhooks: Webhooks,
    @Inject(CONFIG) private readonly config: Pick<Config, 'alertEventsPerRule'>,
    expiredRows: ExpiredRows,
  ) {
    expiredRows.register({ table: 'alert_events', keptMillis: HISTORY_KEPT_MILLIS });
  }

  /** Adds a transition to the history of a rule and queues the message for its webhook. */
  async notify(
    manager: EntityManager,
    source: EvaluatedSource,
    { row }: LoadedRule,
    { transition, points, until, noDataSince, reason }: TransitionWithPoints,
  ): Promise<void> {
    const fields = fieldsOf(row.parsedCondition);
    const { values, point: whole } = await this.latest(manager, source, fields, { points, until });
    const point = whole && boundedPoint(whole, fields);
    const alert = { transition, values, point, noDataSince, reason };
    const named = await findSource(manager, source.id);
    // The history of a deleted rule is deleted with it.
    if (reason !== 'deleted') await this.addEvent(manager, row, alert);
    const notice = alertMessageOf(row, { name: named?.name ?? '', schema: source.schema }, alert);
    await this.webhooks.enqueue(manager, row.id, notice);
  }

  private async addEvent(
    manager: EntityManager,
    { id, bucketId, parsedCondition }: AlertRule,
    alert: AlertDetails,
  ): Promise<void> {
    const { transition, point, reason } = alert;
    const stored: AlertEvent = {
      id: newId(),
      ruleId: id,
      bucketId,
      event: transition.event,
      at: transition.at,
      currentValue: JSON.stringify(currentValueOf(parsedCondition, alert)),
      dataPoint: point && JSON.stringify(point),
      repeats: transition.firing.repeats,
      reason: reason ?? null,
      createdAt: Date.now(),
    };
    await bulkInsert(manager, AlertEvent, [stored]);
    if (Math.random() * EVENTS_PER_TRIM < 1) await removeOldest(manager, id, this.config.alertEventsPerRule);
  }

  /** The newest values of some fields: from the points of the batch, then from stored points. */
  private async latest(
    manager: EntityManager,
    source: EvaluatedSource,
    fields: readonly string[],
    { points, until = Number.MAX_SAFE_INTEGER }: Omit<TransitionWithPoints, 'transition'>,
  ): Promise<{ values: Record<string, Value | undefined>; point: AlertPoint | null }> {
    const values: Record<string, Value | undefined> = {};
    const missing = () => fields.some((field) => values[field] === undefined);
    const take = (point: PackedPoint): AlertPoint => {
      const all = unpack(source.schema, point);
      for (const field of fields) values[field] ??= all[field];
      return { timestamp: isoTime(point.at), values: all };
    };
    let latest: AlertPoint | null = null;
    for (let index = points.length - 1; index >= 0 && (latest === null || missing()); index--) {
      const shown = take(points[index] as PackedPoint);
      latest ??= shown;
    }
    if (latest !== null && !missing()) return { values, point: latest };
    const visible = [source.visibleFrom, until] as const;
    for (const point of await this.store.read(manager, source, visible, { limit: POINTS_BACK, sort: 'desc' })) {
      const shown = take(point);
      latest ??= shown;
      if (!missing()) break;
    }
    return { values, point: latest };
  }
}

/** A point, reduced to some fields if all its values are too long. */
function boundedPoint(point: AlertPoint, fields: readonly string[]): AlertPoint {
  if (JSON.stringify(point.values).length <= MAX_POINT_LENGTH) return point;
  const own = Object.entries(point.values).filter(([name]) => fields.includes(name));
  return { ...point, values: Object.fromEntries(own) };
}

/** Removes the oldest events of a rule that has too many. */
async function removeOldest(manager: EntityManager, ruleId: string, most: number): Promise<void> {
  // Rows that another transaction is removing are skipped: waiting for it would hold up ingest.
  const lock = isPostgres(manager) ? ' FOR UPDATE SKIP LOCKED' : '';
  const ids = (await query<{ id: string }>(manager, BEYOND + lock, [ruleId, most])).map(({ id }) => id);
  if (ids.length > 0)
    await query(manager, `DELETE FROM alert_events WHERE id IN (${ids.map(() => '?').join(', ')})`, ids);
}
