import type { Notification } from '../conditions/rule-state';
import type { Value } from '../../points/values';

/** A point as alerts tell of it. */
export interface ToldPoint {
  readonly timestamp: string;
  readonly values: Readonly<Record<string, Value>>;
}

/** Why an alert ended though its condition was not seen to end. */
export const END_REASONS = ['paused', 'deleted', 'changed', 'archived'] as const;
export type EndReason = (typeof END_REASONS)[number];

/** What a message is about. */
export interface Occasion {
  readonly notification: Notification;
  /** The values of the condition's fields as they stand, by name. */
  readonly values: Readonly<Record<string, Value | undefined>>;
  /** The point that it was judged by; null where there never was one. */
  readonly point: ToldPoint | null;
  /** Of silence, since when it is counted. */
  readonly silentSince?: number | undefined;
  readonly reason?: EndReason | undefined;
}
