import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { PointWatch, type PointWatcher, type WatchedSource } from '../ingest/point-watch';
import { PointStore } from '../points/point-store';
import { COLUMN_SLOTS } from '../data-sources/schema';
import { othersOf, type PackedPoint } from '../points/values';
import { Deliverer } from '../webhooks/deliverer';
import { AlertRule } from './alert-rule.entity';
import type { SimpleCondition } from '../conditions/condition';
import { RuleBook, type OpenRule, type Rung } from './rule-book';
import {
  meets,
  sidesOf,
  stirsFrom,
  takeLatePoint,
  takePoint,
  type Memory,
  type ValueOf,
} from '../conditions/rule-state';
import { coverOf, type Cover } from '../conditions/value-cover';

/** A rule with what is asked of it for each batch. */
interface Watching {
  readonly rule: OpenRule;
  readonly sides: readonly SimpleCondition[];
  readonly stirs: number | null;
}

/** The rules of a source, as of one version. */
interface Kept {
  readonly version: number;
  readonly rules: readonly Watching[];
  /** The fields that any of them asks for, with their slots. */
  readonly slots: ReadonlyMap<string, number>;
}

const MOST_KEPT = 10_000;
/** Of what is older than this when it comes, only how it ends is told. */
const HISTORY_MILLIS = 86_400_000;

/** Judges each point by the rules of its source, in the transaction that stores it. */
@Injectable()
export class RuleWatch implements PointWatcher, OnModuleInit {
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly watch: PointWatch,
    private readonly store: PointStore,
    private readonly book: RuleBook,
    private readonly deliverer: Deliverer,
  ) {}

  onModuleInit(): void {
    this.watch.register(this);
  }

  committed(): void {
    this.deliverer.wake();
  }

  async beforeStored(manager: EntityManager, source: WatchedSource, sent: readonly PackedPoint[]): Promise<boolean> {
    const { rules, slots } = await this.rulesOf(manager, source);
    if (rules.length === 0 || sent.length === 0) return false;
    const now = Date.now();
    const points = inOrder(sent);
    const cover = coverOf(points, slots);
    const concerned = rules.filter((rule) => isConcerned(rule, cover, Math.min(points.at(-1)?.at ?? 0, now)));
    if (concerned.length === 0) return false;
    const latest = await this.store.latestTime(manager, source);
    let hasNews = false;
    for (const watching of concerned) {
      const { rule } = watching;
      const { memory, rung } = judgeAll(watching, points, slots, { now, latest });
      const told = worthTelling(rung, { now, wasTriggered: rule.row.memory.state === 'triggered' });
      if (await this.book.note(manager, source, rule, memory, told)) hasNews = true;
    }
    if (hasNews) {
      // Only those who read it after the commit may keep it.
      this.kept.delete(source.id);
      await this.book.bump(manager, source.id);
    }
    return hasNews;
  }

  private async rulesOf(manager: EntityManager, { id, schema, watchVersion }: WatchedSource): Promise<Kept> {
    const kept = this.kept.get(id);
    if (kept?.version === watchVersion) return kept;
    const rows = await manager.findBy(AlertRule, { sourceId: id, status: 'active' });
    const rules = rows.map((row): Watching => {
      const rule = this.book.open(row);
      const { condition } = rule;
      const sides = condition.operator === 'no_data' ? [] : sidesOf(condition);
      return { rule, sides, stirs: stirsFrom(rule, row.memory) };
    });
    const fields = new Set(rules.flatMap(({ sides }) => sides.map(({ field }) => field)));
    const slots = new Map(schema.filter(({ name }) => fields.has(name)).map(({ name, slot }) => [name, slot]));
    const read: Kept = { version: watchVersion, rules, slots };
    if (this.kept.size >= MOST_KEPT) this.kept.clear();
    this.kept.set(id, read);
    return read;
  }
}

function judgeAll(
  watching: Watching,
  points: readonly PackedPoint[],
  slots: ReadonlyMap<string, number>,
  { now, latest }: { readonly now: number; readonly latest: number | null },
) {
  const { rule } = watching;
  let { memory } = rule.row;
  const rung: Rung[] = [];
  const isOfSilence = rule.condition.operator === 'no_data';
  let stirs = watching.stirs;
  for (const [index, point] of points.entries()) {
    const valueOf = readerOf(point, slots);
    // A clock that is ahead does not make the future; where it was, later points cannot be told from late ones.
    const at = isOfSilence ? now : Math.min(point.at, now);
    if (!isOfSilence && !isMoved(watching.sides, memory, valueOf) && (stirs === null || stirs > at)) continue;
    if (!isOfSilence && latest !== null && latest <= now && point.at < latest) {
      memory = takeLatePoint(rule, memory, { at: point.at, latest }, valueOf);
      stirs = stirsFrom(rule, memory);
      continue;
    }
    const step = takePoint(rule, memory, at, valueOf);
    memory = step.memory;
    stirs = stirsFrom(rule, memory);
    for (const bell of step.bells) {
      // What was due before this point came is not told of by it.
      const seen = bell.at < at ? index : index + 1;
      rung.push({ bell, points: points.slice(0, seen) });
    }
  }
  return { memory, rung };
}

/**
 * What of the bells that one batch rings is told: of those that should have rung more than a day ago only the last, so that
 * old records which come at once do not wake anybody a hundred times.
 */
function worthTelling(
  rung: readonly Rung[],
  { now, wasTriggered }: { readonly now: number; readonly wasTriggered: boolean },
): readonly Rung[] {
  const recent = rung.filter(({ bell }) => bell.at >= now - HISTORY_MILLIS);
  const last = rung.at(-recent.length - 1);
  // An end of what nobody was told of is no news.
  const isNews = last && (last.bell.event === 'triggered' || wasTriggered);
  return isNews ? [last, ...recent] : recent;
}

/** Whether these points could make a difference to a rule. For most, the smallest and the largest value say that they cannot. */
function isConcerned({ rule, sides, stirs }: Watching, cover: ReadonlyMap<string, Cover>, at: number): boolean {
  const { state, since } = rule.row.memory;
  if (rule.condition.operator === 'no_data') return state === 'triggered';
  let isAsked = false;
  for (const [index, side] of sides.entries()) {
    const values = cover.get(side.field);
    if (!values) continue;
    isAsked = true;
    if (since[index] === null ? values.someMay(side) : !values.allMust(side)) return true;
  }
  return isAsked && stirs !== null && stirs <= at;
}

/** The same of one point. */
function isMoved(sides: readonly SimpleCondition[], { since }: Memory, valueOf: ValueOf): boolean {
  return sides.some((side, index) => {
    const value = valueOf(side.field);
    return value !== undefined && meets(side, value) === (since[index] === null);
  });
}

function readerOf(point: PackedPoint, slots: ReadonlyMap<string, number>): ValueOf {
  return (field) => {
    const slot = slots.get(field);
    if (slot === undefined) return undefined;
    const value = slot < COLUMN_SLOTS ? point.columns[slot] : othersOf(point)[slot];
    return typeof value === 'number' ? value : undefined;
  };
}

function inOrder(points: readonly PackedPoint[]): readonly PackedPoint[] {
  const isSorted = points.every((point, index) => index === 0 || (points[index - 1] as PackedPoint).at <= point.at);
  return isSorted ? points : [...points].sort((one, other) => one.at - other.at);
}
