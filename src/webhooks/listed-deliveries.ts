import type { EntityManager } from 'typeorm';
import { ApiError } from '../common/errors';
import { findOldest } from './delivery-leases';
import { Delivery, type DeliverySummary } from './delivery.entity';
import { Webhook } from './webhook.entity';
import { DELIVERY_NOT_FOUND } from './webhooks.errors';

/** The columns of a list, which does not show what is posted. */
export const LISTED: Record<keyof DeliverySummary, true> = {
  ...{ id: true, event: true, status: true, attempts: true, responseStatus: true, error: true },
  ...{ createdAt: true, attemptedAt: true },
};

/** A delivery without what is posted, and when it is tried next: null for one that is over, or waits for an earlier one. */
export interface ListedDelivery extends DeliverySummary {
  readonly nextAt: number | null;
}

/** @throws ApiError `DELIVERY_NOT_FOUND` */
export async function getDelivery(manager: EntityManager, webhookId: string, id: string): Promise<Delivery> {
  const delivery = await manager.findOneBy(Delivery, { id, webhookId });
  if (!delivery) throw new ApiError(DELIVERY_NOT_FOUND);
  return delivery;
}

/** Deliveries of a webhook with when they are tried next, which only the oldest that waits has a time for. */
export async function timed<Found extends DeliverySummary>(
  manager: EntityManager,
  webhookId: string,
  found: readonly Found[],
): Promise<(Found & ListedDelivery)[]> {
  const isAnyWaiting = found.some(({ status }) => status === 'waiting');
  const webhook = isAnyWaiting ? await manager.findOneBy(Webhook, { id: webhookId }) : null;
  const oldest = webhook && (await findOldest(manager, webhookId));
  const nextAt = webhook && (webhook.claimedAt ?? webhook.nextAt);
  return found.map((delivery) => ({ ...delivery, nextAt: delivery.id === oldest?.id ? nextAt : null }));
}
