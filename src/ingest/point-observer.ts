import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import type { Schema } from '../sources/schema';
import type { PackedPoint } from '../points/values';

/** A data source whose row the transaction has locked. */
export interface ObservedSource {
  readonly id: string;
  readonly number: number;
  readonly schema: Schema;
  /** A random number that changes whenever the source's alert rules change; 0 if it never had any. */
  readonly watchVersion: number;
  /** Points before this time are hidden by the bucket's retention. */
  readonly visibleFrom: number;
}

/** Runs after the commit. The requests that sent the points wait for the promise, if it returns one. It never rejects. */
export type AfterCommit = () => Promise<void> | undefined;

/** How points of a source will be evaluated. */
export interface EvaluationPlan {
  /** Whether the evaluation would hold up other requests for long: `evaluateEarly` should run before the transaction. */
  readonly isLong: boolean;
}

/** The result of an evaluation before the transaction that stores the points. */
export interface EarlyEvaluation {
  /** Whether nothing has changed since that the result depends on. */
  isCurrent(manager: EntityManager, source: ObservedSource): Promise<boolean>;
  /** Runs in the transaction that stores the points, before they are stored. */
  store(manager: EntityManager, source: ObservedSource): Promise<AfterCommit | undefined>;
}

/** Receives the points of each commit, in the order of the requests. Alerting implements it, so that ingest does not depend on alerting. */
export abstract class PointObserver {
  /** Runs in the transaction that stores the points. @returns undefined if there is nothing to evaluate */
  abstract plan(
    manager: EntityManager,
    source: ObservedSource,
    points: readonly PackedPoint[],
  ): Promise<EvaluationPlan | undefined>;

  /**
   * Runs in the transaction that stores the points, before they are stored. Its writes are committed with them.
   *
   * @param plan of this transaction
   * @returns what to do after the commit, if anything
   */
  abstract evaluate(
    manager: EntityManager,
    source: ObservedSource,
    points: readonly PackedPoint[],
    plan: EvaluationPlan,
  ): Promise<AfterCommit | undefined>;

  /**
   * Evaluates points that will be stored, outside of a transaction and in short pieces.
   *
   * @returns undefined if that is not possible
   */
  abstract evaluateEarly(
    source: ObservedSource,
    points: readonly PackedPoint[],
    yieldTurn: YieldTurn,
  ): Promise<EarlyEvaluation | undefined>;
}
