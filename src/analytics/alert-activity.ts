import type { EntityManager } from 'typeorm';
import type { Range } from '../points/point-store';

/** The alerts of an organization, of one of its buckets, or of one data source. */
export interface AlertScope {
  readonly organizationId: string;
  readonly bucketId?: string;
  readonly dataSourceId?: string | null;
}

/** Failures of alert notifications. */
export interface WebhookFailures {
  /** Rules whose last message failed. */
  readonly failing: number;
  /** Rules whose webhook is switched off. */
  readonly switchedOff: number;
  /** Messages that were given up. */
  readonly deliveriesFailed: number;
}

/** Counts alerts. Alerting provides it, so that analytics does not depend on alerting. */
export abstract class AlertActivity {
  /** Counts the rules that are not paused. */
  abstract active(manager: EntityManager, scope: AlertScope): Promise<number>;

  abstract lastTriggeredAt(manager: EntityManager, scope: AlertScope): Promise<number | null>;

  /** Counts how many times each rule was triggered in a time range. */
  abstract triggered(
    manager: EntityManager,
    scope: AlertScope,
    range: Range,
  ): Promise<readonly { readonly name: string; readonly count: number }[]>;

  /** Counts rules that fail now, and messages that were given up since a time. */
  abstract failures(manager: EntityManager, scope: AlertScope, sinceMillis: number): Promise<WebhookFailures>;
}
