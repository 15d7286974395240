import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../../common/http/yield';
import { LruMap } from '../../common/lru-map';
import type { ObservedSource } from '../../ingest/point-observer';
import { comparisonsOf } from '../conditions/matching';
import { RulePrefilter } from '../conditions/rule-prefilter';
import { transitionDueAt } from '../conditions/state-machine';
import type { PreparedRule } from './batch-evaluation';
import type { Slots } from './evaluated-points';
import { readActiveRules, type LoadedRule } from './loaded-rules';
import type { RuleState } from './rule-states';

/** The active rules of a source at one version. */
export interface CachedRules {
  readonly version: number;
  readonly rules: readonly PreparedRule[];
  readonly prefilter: RulePrefilter<PreparedRule>;
  /** The fields that the rules compare. */
  readonly slots: Slots;
}

/** Rules that are cached. A source without active rules counts as one. */
export const MAX_CACHED_RULES = 20_000;
/** Stands for rules that are not read within the transaction. */
export const NOT_READ: CachedRules = { version: -1, rules: [], prefilter: new RulePrefilter([]), slots: new Map() };

/** The active rules of sources, ready for evaluation. */
export class RuleCache {
  private readonly cached = new LruMap<string, CachedRules>(MAX_CACHED_RULES, ({ rules }) => Math.max(1, rules.length));

  clear(): void {
    this.cached.clear();
  }

  /** The rules of a source at its current version, if they are cached. */
  get({ id, watchVersion }: ObservedSource): CachedRules | undefined {
    const cached = this.cached.get(id);
    return cached?.version === watchVersion ? cached : undefined;
  }

  /** Reads the rules of a source, and caches them. */
  async read(
    manager: EntityManager,
    { id, schema, watchVersion }: ObservedSource,
    yieldTurn?: YieldTurn,
  ): Promise<CachedRules> {
    const rules: PreparedRule[] = [];
    for (const rule of await readActiveRules(manager, id, {}, yieldTurn)) {
      await yieldTurn?.();
      const { condition } = rule;
      rules.push(preparedRule(rule, condition.operator === 'no_data' ? [] : comparisonsOf(condition)));
    }
    const fields = new Set(rules.flatMap(({ comparisons }) => comparisons.map(({ field }) => field)));
    const slots = new Map(schema.filter(({ name }) => fields.has(name)).map((field) => [field.name, field]));
    const read: CachedRules = { version: watchVersion, rules, prefilter: new RulePrefilter(rules), slots };
    this.cached.set(id, read);
    return read;
  }

  /** Caches the rules of a source after changes. If the transaction rolls back, no source ever has this version. */
  set(sourceId: string, rules: CachedRules, { version, states }: Changed): void {
    this.cached.set(sourceId, changedRules(rules, version, states));
  }
}

interface Changed {
  readonly version: number;
  readonly states: readonly RuleState[];
}

function preparedRule(rule: LoadedRule, comparisons: PreparedRule['comparisons']): PreparedRule {
  const { alertState } = rule.row;
  return { rule, comparisons, alertState, nextTransitionAt: transitionDueAt(rule, alertState) };
}

/** The rules as they are stored with these changes: it takes a fifth of the time of reading them. */
function changedRules(before: CachedRules, version: number, changed: readonly RuleState[]): CachedRules {
  const states = new Map(changed.map((state) => [state.id, state]));
  const rules = before.rules.map((prepared) => {
    const { rule, comparisons } = prepared;
    const state = states.get(rule.row.id);
    return state ? preparedRule({ ...rule, row: { ...rule.row, ...state } }, comparisons) : prepared;
  });
  return { version, rules, prefilter: new RulePrefilter(rules), slots: before.slots };
}
