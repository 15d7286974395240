import { Inject, Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../common/config/config';
import { ApiError } from '../common/errors';
import type { YieldTurn } from '../common/http/yield';
import type { ListPage, NewestFirstQuery } from '../common/pagination';
import { findPage } from '../database/list-page';
import { ExpiredRows } from '../database/expired-rows';
import { query } from '../database/sql';
import { Delivery } from './delivery.entity';
import { endWebhooks, removeEnded } from './ended-webhooks';
import { getDelivery, LISTED, timed, type ListedDelivery } from './listed-deliveries';
import { enqueueAll, type QueuedMessage } from './outbox';
import { earlierSecretsOf } from './poster';
import type { ShownWebhook } from './shown-webhook';
import { newWebhookSecret } from './signature';
import { NO_ROUTING_KEY, routingKeyIn } from './sending/service-urls';
import { readTarget } from './sending/webhook-url';
import { maskedHeaders, type WebhookHeaders } from './webhook-headers';
import { WebhookSeals } from './webhook-seals';
import { NO_URL, Webhook } from './webhook.entity';
import { DELIVERY_NOT_FOUND, DELIVERY_WAITING, NO_WEBHOOK_URL } from './webhooks.errors';

export const KEPT_MILLIS = 30 * 86_400_000;
const EARLIER_SECRETS_MILLIS = 24 * 3_600_000;
/** Each adds a signature: the bound limits the length of the header. */
const MAX_EARLIER_SECRETS = 3;

/** Makes queued messages due, unless an attempt is running. */
const DUE_NOW = 'UPDATE webhooks SET next_at = ? WHERE id = ? AND next_at IS NOT NULL AND claimed_at IS NULL';
const DUE_AGAIN = `UPDATE webhooks SET switched_off_at = NULL,
  next_at = CASE WHEN claimed_at IS NULL THEN ? ELSE next_at END WHERE id = ? RETURNING url`;

/** Webhooks and their outbox. Writes happen in the transaction of the caller. */
@Injectable()
export class Webhooks {
  constructor(
    private readonly seals: WebhookSeals,
    @Inject(CONFIG) private readonly config: Pick<Config, 'webhookAllow'>,
    expiredRows: ExpiredRows,
  ) {
    expiredRows.register({ table: 'webhook_deliveries', keptMillis: KEPT_MILLIS, where: "status <> 'waiting'" });
  }

  /** Why a URL is invalid, or undefined. */
  faultOf(url: string): string | undefined {
    const target = readTarget(url, this.config.webhookAllow);
    return typeof target === 'string' ? target : undefined;
  }

  /** What is missing from both a URL and its headers, or undefined. */
  lackOf(url: string, headers: WebhookHeaders): string | undefined {
    const target = readTarget(url, this.config.webhookAllow);
    if (typeof target === 'string' || target.format !== 'pagerduty') return undefined;
    return (target.routingKey ?? routingKeyIn(headers)) === undefined ? NO_ROUTING_KEY : undefined;
  }

  /** Creates the webhook of an owner, with or without a URL, and returns its signing secret, which is not readable later. */
  async create(manager: EntityManager, id: string, url: string | null, headers: WebhookHeaders = {}): Promise<string> {
    const secret = newWebhookSecret();
    const none = { previousSecret: null, previousUntil: null, ...UNTRIED };
    const sealed = { ...this.seals.whereTo(id, url), secret: this.seals.sealSecret(id, secret) };
    await manager.insert(Webhook, { id, ...sealed, headers: this.sealHeaders(id, headers), ...none });
    return secret;
  }

  /** Changes the URL: queued messages become due, and a webhook that was switched off is on again. */
  async redirect(manager: EntityManager, id: string, url: string): Promise<void> {
    await manager.update(Webhook, { id }, { ...this.seals.whereTo(id, url), ...UNTRIED });
    await query(manager, DUE_NOW, [Date.now(), id]);
  }

  /** Removes the URL and the headers, and fails queued messages. A running attempt is not stopped. */
  async disconnect(manager: EntityManager, id: string): Promise<void> {
    const none = { headers: null, nextAt: null, claimedAt: null };
    await manager.update(Webhook, { id }, { ...this.seals.whereTo(id, null), ...UNTRIED, ...none });
    await manager.update(Delivery, { webhookId: id, status: 'waiting' }, { status: 'failed', error: DISCONNECTED });
  }

  /** Changes the headers, and makes queued messages due. */
  async setHeaders(manager: EntityManager, id: string, headers: WebhookHeaders): Promise<void> {
    await manager.update(Webhook, { id }, { headers: this.sealHeaders(id, headers) });
    await query(manager, DUE_NOW, [Date.now(), id]);
  }

  /** The headers of a webhook; none if the server's secret does not open them. */
  async headersOf(manager: EntityManager, id: string): Promise<WebhookHeaders> {
    return this.seals.headersOf(await manager.findOneByOrFail(Webhook, { id })) ?? {};
  }

  /** Webhooks as the API shows them, by id. */
  async shownOf(manager: EntityManager, ids: readonly string[]): Promise<Map<string, ShownWebhook>> {
    const found = await manager.findBy(Webhook, { id: In([...ids]) });
    return new Map(found.map((webhook) => [webhook.id, this.shown(webhook)]));
  }

  private shown(webhook: Webhook): ShownWebhook {
    const { switchedOffAt, failedSince, attemptedAt, lastError } = webhook;
    const status = switchedOffAt !== null ? 'off' : failedSince !== null ? 'failing' : 'ok';
    const headers = maskedHeaders(this.seals.headersOf(webhook) ?? {});
    const url = webhook.url === NO_URL ? null : this.urlOf(webhook);
    return { url, headers, status, attemptedAt, lastError, failedSince };
  }

  private sealHeaders(id: string, headers: WebhookHeaders): string | null {
    return Object.keys(headers).length === 0 ? null : this.seals.sealHeaders(id, headers);
  }

  /** The URL of a webhook; `UNREADABLE_URL` if the server's secret does not open it. */
  urlOf(webhook: Pick<Webhook, 'id' | 'url'>): string {
    return this.seals.urlOf(webhook) ?? UNREADABLE_URL;
  }

  /** Replaces the signing secret. Messages are also signed with the earlier secrets for 24 hours after the rotation. */
  async rotateSecret(
    manager: EntityManager,
    id: string,
    nowMillis: number,
  ): Promise<{ secret: string; until: number }> {
    const before = await manager.findOneByOrFail(Webhook, { id });
    const earlier = [before.secret, ...earlierSecretsOf(before, nowMillis)].slice(0, MAX_EARLIER_SECRETS);
    const secret = newWebhookSecret();
    const until = nowMillis + EARLIER_SECRETS_MILLIS;
    const change = {
      secret: this.seals.sealSecret(id, secret),
      previousSecret: earlier.join(' '),
      previousUntil: until,
    };
    await manager.update(Webhook, { id }, change);
    return { secret, until };
  }

  /**
   * Ends up to several hundred webhooks whose owners are deleted. Of their queued messages, only one that resolves an alert is still
   * sent. A webhook with an empty queue is deleted at once, any other by `removeDeliveries`.
   */
  async remove(manager: EntityManager, ids: readonly string[]): Promise<void> {
    await endWebhooks(manager, ids);
  }

  /**
   * Removes up to `most` deliveries of a webhook that has ended, and the webhook itself once its last message is sent.
   *
   * @returns how many deliveries were removed, and whether the webhook is gone
   */
  removeDeliveries(
    manager: EntityManager,
    webhookId: string,
    most: number,
  ): Promise<{ readonly removed: number; readonly isGone: boolean }> {
    return removeEnded(manager, webhookId, most);
  }

  /**
   * Adds messages to the outbox. They are delivered, in order, once the transaction is committed. Webhooks without a URL are
   * skipped.
   *
   * @throws Error if a webhook does not exist
   */
  async enqueueAll(manager: EntityManager, messages: readonly QueuedMessage[]): Promise<void> {
    await enqueueAll(manager, messages, (row) => this.seals.queueOf(this.urlOf(row)));
  }

  /** One page of deliveries without their bodies, by default newest first. */
  async list(
    manager: EntityManager,
    webhookId: string,
    page: NewestFirstQuery,
    yieldTurn: YieldTurn,
  ): Promise<ListPage<ListedDelivery>> {
    const where = { webhookId };
    const scope = { ever: where, where, select: LISTED, sort: page.sort ?? 'desc' } as const;
    const [found, total, hasMore] = await findPage(manager, Delivery, scope, page, yieldTurn);
    return [await timed(manager, webhookId, found), total, hasMore];
  }

  /** @throws ApiError `DELIVERY_NOT_FOUND` */
  async get(manager: EntityManager, webhookId: string, id: string): Promise<Delivery & ListedDelivery> {
    const [found] = await timed(manager, webhookId, [await getDelivery(manager, webhookId, id)]);
    if (!found) throw new ApiError(DELIVERY_NOT_FOUND);
    return found;
  }

  /**
   * Queues a finished delivery again, with the same id; its attempts start over. It is due at once, or after the running attempt.
   *
   * @throws ApiError `DELIVERY_NOT_FOUND`, `DELIVERY_WAITING`, `NO_WEBHOOK_URL`
   */
  async replay(manager: EntityManager, webhookId: string, id: string): Promise<Delivery & ListedDelivery> {
    const now = Date.now();
    // Always locks webhooks before their deliveries, to avoid deadlocks.
    const [webhook] = await query<{ url: string }>(manager, DUE_AGAIN, [now, webhookId]);
    if (webhook?.url === NO_URL) throw new ApiError(NO_WEBHOOK_URL);
    const before = await getDelivery(manager, webhookId, id);
    if (before.status === 'waiting') throw new ApiError(DELIVERY_WAITING);
    const change = { status: 'waiting', attempts: 0, queuedAt: now, error: null, responseStatus: null } as const;
    await manager.update(Delivery, { id }, change);
    return { ...before, ...change, nextAt: now };
  }
}

const DISCONNECTED = 'The webhook URL of the alert rule was removed before this was sent';

/** The state before the first attempt at a URL. */
const UNTRIED = { switchedOffAt: null, attemptedAt: null, lastError: null, failedSince: null } as const;

/** Shown instead of a URL that was sealed under another secret. The host never resolves (RFC 6761 §6.4). */
export const UNREADABLE_URL = 'https://unreadable.invalid/';
