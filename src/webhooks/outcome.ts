import type { EntityManager } from 'typeorm';
import { changeClaimed } from './claims';
import { Delivery } from './delivery.entity';
import { waitAfter } from './retry-waits';
import type { Attempt } from './sending/send';
import { Webhook } from './webhook.entity';

const GONE = 410;
const LONGEST_ERROR = 300;

/**
 * Notes what came of an attempt. That it arrived is always noted; that it did not only for as long as the delivery is ours: else it
 * would undo what another server has come to.
 *
 * @param url what was posted to
 */
export async function noteOutcome(
  manager: EntityManager,
  delivery: Delivery,
  url: string,
  attempt: Attempt,
): Promise<void> {
  const now = Date.now();
  const attempts = delivery.attempts + 1;
  const { status: responseStatus, error, retryAfterMillis } = attempt;
  const told = { attempts, responseStatus, error: error?.slice(0, LONGEST_ERROR) ?? null, attemptedAt: now };
  if (error === null) {
    await manager.update(Delivery, { id: delivery.id }, { ...told, status: 'delivered', nextAt: null });
    return;
  }
  const wait = responseStatus === GONE ? undefined : waitAfter(attempts, retryAfterMillis, Math.random());
  const change = wait === undefined ? ({ status: 'failed', nextAt: null } as const) : { nextAt: now + wait };
  const isOurs = await changeClaimed(manager, delivery, { ...told, ...change });
  // It may have been given another URL meanwhile.
  if (isOurs && responseStatus === GONE)
    await manager.update(Webhook, { id: delivery.webhookId, url }, { switchedOffAt: now });
}
