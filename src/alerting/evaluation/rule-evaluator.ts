import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { LruMap } from '../../common/lru-map';
import { Writer } from '../../database/writer';
import { PointWatch, type PointWatcher, type WatchedSource } from '../../ingest/point-observer';
import { PointStore } from '../../points/point-store';
import type { PackedPoint } from '../../points/values';
import { Deliverer } from '../../webhooks/deliverer';
import { readFieldTimes } from './field-times';
import type { Slots } from './evaluated-points';
import { judge, taskOf, type Batch, type Watching } from './batch-evaluation';
import { LateWindows } from './late-windows';
import { RuleBook } from './transition-recorder';
import type { NotificationWithPoints } from './rule-teller';
import { readActiveRules } from './rule-rows';
import { Calm, type Crowd } from '../conditions/rule-prefilter';
import { sidesOf, stirsFrom } from '../conditions/rule-state';
import { coverOf } from '../conditions/value-range';

/** The rules of a source, as of one version. */
interface Kept {
  readonly version: number;
  /** How many rules. */
  readonly count: number;
  readonly calm: Calm<Watching>;
  /** The fields that any of them asks for, with their slots. */
  readonly slots: Slots;
}

/** Rules that are kept ready, with a source without active rules counted as one. */
export const MOST_KEPT_RULES = 20_000;
/** Of what is older than this when it comes, only how it ends is told. */
const HISTORY_MILLIS = 86_400_000;
/** Whoever sends what a flapping sensor said for hours keeps nobody else waiting. */
export const MOST_TOLD = 10;

/** Judges each point by the rules of its source, in the transaction that stores it. */
@Injectable()
export class RuleWatch implements PointWatcher, OnModuleInit {
  private readonly kept = new LruMap<string, Kept>(MOST_KEPT_RULES, ({ count }) => Math.max(1, count));

  constructor(
    private readonly watch: PointWatch,
    private readonly store: PointStore,
    private readonly book: RuleBook,
    private readonly deliverer: Deliverer,
    private readonly writer: Writer,
  ) {}

  onModuleInit(): void {
    this.watch.register(this);
    this.writer.onConnect(() => this.kept.clear());
  }

  committed(): void {
    this.deliverer.wake();
  }

  async beforeStored(manager: EntityManager, source: WatchedSource, sent: readonly PackedPoint[]): Promise<boolean> {
    const { calm, slots } = this.keptOf(source) ?? (await this.read(manager, source));
    if (sent.length === 0) return false;
    const now = Date.now();
    const concerned = calm.movedBy(crowdOf(sent, slots, now));
    if (concerned.length === 0) return false;
    const batch = await this.batchOf(manager, source, inOrder(sent), { slots, now });
    const tasks = concerned.map((watching) => taskOf(watching, batch));
    const from = tasks.reduce<number>((least, { start }) => Math.min(least, start ?? least), Infinity);
    const around = { ...batch, from, visibleFrom: source.visibleFrom, rules: weightOf(concerned) };
    const windows = from === Infinity ? undefined : await LateWindows.read(this.store, manager, source, around);
    let hasNews = false;
    for (const task of tasks) {
      const { watching } = task;
      const { memory, notifications } = judge(task, batch, windows);
      const told = worthTelling(notifications, { now, wasTriggered: watching.memory.state === 'triggered' });
      if (await this.book.note(manager, source, watching.rule, { memory, notifications: told })) hasNews = true;
    }
    if (hasNews) {
      // Only those who read it after the commit may keep it.
      this.kept.delete(source.id);
      await this.book.bump(manager, source.id);
    }
    return hasNews;
  }

  private async batchOf(
    manager: EntityManager,
    source: WatchedSource,
    points: readonly PackedPoint[],
    { slots, now }: { readonly slots: Slots; readonly now: number },
  ): Promise<Batch> {
    const stored = await this.store.latestTime(manager, source);
    const latest = stored !== null && stored >= source.visibleFrom ? stored : null;
    // Where a clock was ahead, later points cannot be told from late ones.
    const firstOnTime = latest === null || latest > now ? 0 : points.findIndex(({ at }) => at >= latest);
    const late = firstOnTime < 0 ? points : points.slice(0, firstOnTime);
    const [first] = late;
    const fieldTimes = first ? await readFieldTimes(this.store, manager, source, slots, first.at) : new Map();
    return { late, onTime: points.slice(late.length), latest: latest ?? 0, fieldTimes, slots, now };
  }

  private keptOf({ id, watchVersion }: WatchedSource): Kept | undefined {
    const kept = this.kept.get(id);
    return kept?.version === watchVersion ? kept : undefined;
  }

  private async read(manager: EntityManager, { id, schema, watchVersion }: WatchedSource): Promise<Kept> {
    const rules = (await readActiveRules(manager, id)).map((row): Watching => {
      const rule = this.book.open(row);
      const { condition } = rule;
      const sides = condition.operator === 'no_data' ? [] : sidesOf(condition);
      return { rule, sides, memory: row.memory, stirs: stirsFrom(rule, row.memory) };
    });
    const fields = new Set(rules.flatMap(({ sides }) => sides.map(({ field }) => field)));
    const slots = new Map(schema.filter(({ name }) => fields.has(name)).map((field) => [field.name, field]));
    const read: Kept = { version: watchVersion, count: rules.length, calm: new Calm(rules), slots };
    this.kept.set(id, read);
    return read;
  }
}

/**
 * Which notifications of one batch are sent: of those that were due more than a day ago only the last, so that
 * old records which come at once do not wake anybody a hundred times; of the others the last ten.
 */
function worthTelling(
  notifications: readonly NotificationWithPoints[],
  { now, wasTriggered }: { readonly now: number; readonly wasTriggered: boolean },
): readonly NotificationWithPoints[] {
  const recent = notifications.filter(({ notification }) => notification.at >= now - HISTORY_MILLIS);
  const old = notifications.length - recent.length;
  const first = recent.length > MOST_TOLD ? notifications.length - MOST_TOLD : Math.max(0, old - 1);
  // An end of what nobody was told of is no news.
  const isNews = wasTriggered || notifications[first]?.notification.event === 'triggered';
  return notifications.slice(isNews ? first : first + 1);
}

/** How many rules of one or two comparisons take as long to judge as these. */
function weightOf(rules: readonly Watching[]): number {
  return rules.reduce((sum, { sides }) => sum + Math.max(1, sides.length / 2), 0);
}

function crowdOf(points: readonly PackedPoint[], slots: Slots, now: number): Crowd {
  let [first, last] = [Infinity, -Infinity];
  for (const { at } of points) {
    if (at < first) first = at;
    if (at > last) last = at;
  }
  return { covers: coverOf(points, slots), first, last: Math.min(last, now) };
}

function inOrder(points: readonly PackedPoint[]): readonly PackedPoint[] {
  const isSorted = points.every((point, index) => index === 0 || (points[index - 1] as PackedPoint).at <= point.at);
  return isSorted ? points : [...points].sort((one, other) => one.at - other.at);
}
