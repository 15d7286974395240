import type { EntityManager } from 'typeorm';
import { ApiError } from '../common/errors';
import { findOldest } from './delivery-leases';
import { Delivery, type DeliverySummary } from './delivery.entity';
import { Webhook } from './webhook.entity';
import { DELIVERY_NOT_FOUND } from './webhooks.errors';

/** The columns of a list, which leaves out the bodies. */
export const LISTED: Record<keyof DeliverySummary, true> = {
  ...{ id: true, event: true, status: true, attempts: true, responseStatus: true, error: true },
  ...{ createdAt: true, attemptedAt: true },
};

/** A delivery without its body, and its next attempt: null if it is finished or waits for an earlier message. */
export interface ListedDelivery extends DeliverySummary {
  readonly nextAt: number | null;
}

/** @throws ApiError `DELIVERY_NOT_FOUND` */
export async function getDelivery(manager: EntityManager, webhookId: string, id: string): Promise<Delivery> {
  const delivery = await manager.findOneBy(Delivery, { id, webhookId });
  if (!delivery) throw new ApiError(DELIVERY_NOT_FOUND);
  return delivery;
}

/** Adds the time of the next attempt to deliveries of a webhook. Only the oldest queued one has such a time. */
export async function timed<Found extends DeliverySummary>(
  manager: EntityManager,
  webhookId: string,
  found: readonly Found[],
): Promise<(Found & ListedDelivery)[]> {
  const isAnyWaiting = found.some(({ status }) => status === 'waiting');
  const webhook = isAnyWaiting ? await manager.findOneBy(Webhook, { id: webhookId }) : null;
  const oldest = webhook && (await findOldest(manager, webhook));
  const nextAt = webhook && (webhook.claimedAt ?? webhook.nextAt);
  return found.map((delivery) => ({ ...delivery, nextAt: delivery.id === oldest?.id ? nextAt : null }));
}
