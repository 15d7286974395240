import type { Transition } from '../conditions/state-machine';
import type { Value } from '../../points/values';

/** A point as alerts tell of it. */
export interface AlertPoint {
  readonly timestamp: string;
  readonly values: Readonly<Record<string, Value>>;
}

/** Why an alert ended though its condition was not seen to end. */
export const RESOLVE_REASONS = ['paused', 'deleted', 'changed', 'archived'] as const;
export type ResolveReason = (typeof RESOLVE_REASONS)[number];

/** What a message is about. */
export interface AlertDetails {
  readonly transition: Transition;
  /** The values of the condition's fields as they stand, by name. */
  readonly values: Readonly<Record<string, Value | undefined>>;
  /** The point that it was judged by; null where there never was one. */
  readonly point: AlertPoint | null;
  /** Of silence, since when it is counted. */
  readonly noDataSince?: number | undefined;
  readonly reason?: ResolveReason | undefined;
}
