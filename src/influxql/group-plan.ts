import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import type { PointStore, Range } from '../points/point-store';
import type { Field, FieldType } from '../sources/schema';
import type { Source } from '../sources/source.entity';
import type { Cell } from './answer';
import type { Evaluate, Input } from './evaluator';
import type { Filter } from './filters';
import type { FillOption } from './syntax';

/** A data source of a group, with the condition for its points and the time of its first and last visible point. */
export interface GroupedSource {
  readonly source: Source;
  readonly tags: Readonly<Record<string, string>>;
  readonly filter: Exclude<Filter, false>;
  readonly extent: Range;
}

/** A column that is ready to be computed. */
export interface CompiledColumn {
  readonly name: string;
  readonly evaluate: () => Evaluate;
  /** Whether a field or aggregate is in it. A row has at least one value of such a column. */
  readonly makesRows: boolean;
}

/** The time buckets of `GROUP BY time()`. */
export interface Steps {
  readonly startOf: (at: number) => number;
  readonly next: (start: number) => number;
  readonly before: (start: number) => number;
}

/** The inputs of a time bucket. Undefined where there is no value. */
export interface BucketRow {
  readonly start: number;
  readonly end: number;
  readonly inputs: (Cell | undefined)[];
}

/** What a statement computes for the series that it groups together. */
export interface GroupPlan {
  readonly manager: EntityManager;
  readonly store: PointStore;
  /** Sorted by series. */
  readonly sources: readonly GroupedSource[];
  /** The fields of the measurement by name. */
  readonly fields: ReadonlyMap<string, FieldType>;
  readonly inputs: readonly Input[];
  readonly columns: readonly CompiledColumn[];
  /** Of the statement, within what is visible. */
  readonly range: Range;
  /** The time of an aggregate of all points. */
  readonly shownFrom: number;
  readonly steps: Steps | undefined;
  readonly stepsBefore: number;
  readonly fill: FillOption;
  readonly sort: 'asc' | 'desc';
  readonly yieldTurn: YieldTurn;
  /** Names of fields in the condition. */
  readonly conditionFields: readonly string[];
}

export function fieldOf(source: Pick<Source, 'schema'>, name: string): Field | undefined {
  return source.schema.find((field) => field.name === name);
}
