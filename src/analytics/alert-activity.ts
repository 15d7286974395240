import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Range } from '../points/point-store';

/** Alerts of an organization, of one bucket of it, or of one data source in that. */
export interface AlertScope {
  readonly organizationId: string;
  readonly bucketId?: string;
  readonly dataSourceId?: string | null;
}

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
}
