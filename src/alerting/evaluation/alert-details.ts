import type { Transition } from '../conditions/state-machine';
import type { Value } from '../../points/values';

/** A point as alerts show it. */
export interface AlertPoint {
  readonly timestamp: string;
  readonly values: Readonly<Record<string, Value>>;
}

/** Why an alert ended, if not through its condition. */
export const RESOLVE_REASONS = ['paused', 'deleted', 'changed', 'archived'] as const;
export type ResolveReason = (typeof RESOLVE_REASONS)[number];

/** What a notification reports. */
export interface AlertDetails {
  readonly transition: Transition;
  /** The latest values of the condition's fields, by name. */
  readonly values: Readonly<Record<string, Value | undefined>>;
  /** The point that caused it; null if the source never had one. */
  readonly point: AlertPoint | null;
  /** For `no_data`: since when data is missing. */
  readonly noDataSince?: number | undefined;
  readonly reason?: ResolveReason | undefined;
}
