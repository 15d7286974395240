import { randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../../common/http/yield';
import { setWatchVersion } from '../../sources/source-rows';
import type { AlertState } from '../conditions/alert-state';
import { timerDueAt } from '../conditions/state-machine';
import { AlertNotifier, type TransitionWithPoints } from './alert-notifier';
import type { EvaluatedSource } from './evaluated-sources';
import { AlertRule } from './alert-rule.entity';
import { toLoadedRule, type LoadedRule } from './loaded-rules';
import type { Notification } from './notification-log';
import { storeStates, type RuleState } from './rule-states';

/** What an evaluation of a rule changes. */
export interface EvaluationResult {
  readonly alertState: AlertState;
  readonly transitions: readonly TransitionWithPoints[];
  /** When time alone changes the state next, if the state itself does not tell. */
  readonly dueAt?: number | null;
}

export interface RuleResult extends EvaluationResult {
  readonly rule: LoadedRule;
}

/** What the evaluation of a source's rules changes. */
export interface RuleChanges {
  readonly states: readonly RuleState[];
  readonly notifications: readonly Notification[];
  /** The notifications as texts of `packed`, if there is time to make them before the transaction. */
  readonly sliced?: readonly string[];
}

const MAX_VERSION = 2 ** 31 - 1;

/** Stores new states of rules and queues their notifications, in the transactions of its callers. */
@Injectable()
export class TransitionRecorder {
  constructor(private readonly notifier: AlertNotifier) {}

  /**
   * What the results of a source's rules change.
   *
   * @param yieldTurn lets others run in between
   */
  async changesOf(
    manager: EntityManager,
    source: EvaluatedSource,
    results: readonly RuleResult[],
    yieldTurn?: YieldTurn,
  ): Promise<RuleChanges> {
    const changed = results.filter(isChange);
    const transitions = changed.flatMap(({ rule: { row }, transitions }) =>
      transitions.map((one) => ({ ...one, row })),
    );
    const notifications = await this.notifier.notificationsOf(manager, source, transitions, yieldTurn);
    return { states: changed.map(newStateOf), notifications };
  }

  /**
   * Stores changes of a source's rules, which the caller has locked.
   *
   * @returns whether there are notifications to write after the commit: call `NotificationBacklog.writeOut`
   */
  async record(
    manager: EntityManager,
    sourceId: string,
    { states, notifications, sliced }: RuleChanges,
  ): Promise<boolean> {
    const isPostponed = await this.notifier.notify(manager, sourceId, notifications, sliced);
    await storeStates(manager, states);
    return isPostponed;
  }

  /**
   * Makes every instance reload the rules of a source. Versions are random: a counter that was raised in a transaction that
   * rolled back would later stand for other rules.
   *
   * @returns the new version
   */
  async invalidateRules(manager: EntityManager, sourceId: string): Promise<number> {
    const version = randomInt(1, MAX_VERSION);
    await setWatchVersion(manager, sourceId, version);
    return version;
  }

  /** Makes `no_data` rules count from now on, because an archived source or bucket is active again. */
  async restartNoData(
    manager: EntityManager,
    where: { readonly sourceId: string } | { readonly bucketId: string },
    nowMillis = Date.now(),
  ): Promise<void> {
    const findNoDataRules = async () =>
      (await manager.findBy(AlertRule, { ...where, status: 'active' })).filter(
        ({ parsedCondition }) => parsedCondition.operator === 'no_data',
      );
    // Sources are locked before their rules, and in order, so that two transactions cannot deadlock.
    const sourceIds = new Set((await findNoDataRules()).map(({ sourceId }) => sourceId));
    for (const sourceId of [...sourceIds].sort()) await this.invalidateRules(manager, sourceId);
    for (const row of await findNoDataRules()) {
      const alertState = { ...row.alertState, since: [nowMillis] };
      const dueAt = timerDueAt(toLoadedRule(row), alertState);
      await manager.update(AlertRule, { id: row.id }, { alertState, dueAt });
    }
  }
}

function isChange({ rule, alertState, transitions, dueAt = timerDueAt(rule, alertState) }: RuleResult): boolean {
  const { row } = rule;
  return transitions.length > 0 || dueAt !== row.dueAt || !isDeepStrictEqual(alertState, row.alertState);
}

function newStateOf({ rule, alertState, transitions, dueAt = timerDueAt(rule, alertState) }: RuleResult): RuleState {
  const fired = transitions.findLast(({ transition }) => transition.event === 'triggered');
  return { id: rule.row.id, alertState, dueAt, lastTriggeredAt: fired?.transition.at ?? rule.row.lastTriggeredAt };
}
