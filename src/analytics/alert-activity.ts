import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Range } from '../points/point-store';

/** Alerts of an organization, of one bucket of it, or of one data source in that. */
export interface AlertScope {
  readonly organizationId: string;
  readonly bucketId?: string;
  readonly dataSourceId?: string | null;
}

/** How many messages of alerts do not arrive. */
export interface WebhookFailures {
  /** Rules whose last message failed. */
  readonly failing: number;
  /** Rules whose webhook is switched off. */
  readonly switchedOff: number;
  /** Messages that failed for good. */
  readonly deliveriesFailed: number;
}

const NO_FAILURES: WebhookFailures = { failing: 0, switchedOff: 0, deliveriesFailed: 0 };

/** What the room of alerts knows of them. */
export interface AlertCounts {
  /** Rules that are neither deleted nor paused. */
  active(manager: EntityManager, scope: AlertScope): Promise<number>;
  lastTriggeredAt(manager: EntityManager, scope: AlertScope): Promise<number | null>;
  /** How often each rule was triggered in a range of time. */
  triggered(
    manager: EntityManager,
    scope: AlertScope,
    range: Range,
  ): Promise<readonly { readonly name: string; readonly count: number }[]>;
  /** What fails now, and the messages that failed since a time. */
  failures(manager: EntityManager, scope: AlertScope, sinceMillis: number): Promise<WebhookFailures>;
}

/** Where the room of alerts says what it knows. As long as there is none, there are no alerts. */
@Injectable()
export class AlertActivity implements AlertCounts {
  private counts: AlertCounts | undefined;

  register(counts: AlertCounts): void {
    this.counts = counts;
  }

  async active(manager: EntityManager, scope: AlertScope): Promise<number> {
    return (await this.counts?.active(manager, scope)) ?? 0;
  }

  async lastTriggeredAt(manager: EntityManager, scope: AlertScope): Promise<number | null> {
    return (await this.counts?.lastTriggeredAt(manager, scope)) ?? null;
  }

  async triggered(manager: EntityManager, scope: AlertScope, range: Range) {
    return (await this.counts?.triggered(manager, scope, range)) ?? [];
  }

  async failures(manager: EntityManager, scope: AlertScope, sinceMillis: number): Promise<WebhookFailures> {
    return (await this.counts?.failures(manager, scope, sinceMillis)) ?? NO_FAILURES;
  }
}
