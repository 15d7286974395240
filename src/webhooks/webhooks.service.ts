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
import { endWebhooks, removeIfDrained } from './ended-webhooks';
import { getDelivery, LISTED, timed, type ListedDelivery } from './listed-deliveries';
import { enqueueAll, type QueuedMessage } from './outbox';
import { earlierSecretsOf } from './poster';
import type { ShownWebhook } from './shown-webhook';
import { newWebhookSecret } from './signature';
import { NO_ROUTING_KEY, routingKeyIn } from './sending/service-urls';
import { readTarget } from './sending/webhook-url';
import { maskedHeaders, type Headers } from './webhook-headers';
import { WebhookSeals } from './webhook-seals';
import { NO_URL, Webhook } from './webhook.entity';
import { DELIVERY_NOT_FOUND, DELIVERY_WAITING, NO_WEBHOOK_URL } from './webhooks.errors';

export const KEPT_MILLIS = 30 * 86_400_000;
const EARLIER_SECRETS_MILLIS = 24 * 3_600_000;
/** A signature for each: what a receiver may have been given last, and a header of bounded length. */
const MOST_EARLIER_SECRETS = 3;

/** Has what waits sent at once, if nothing is under way. */
const DUE_NOW = 'UPDATE webhooks SET next_at = ? WHERE id = ? AND next_at IS NOT NULL AND claimed_at IS NULL';
const DUE_AGAIN = `UPDATE webhooks SET switched_off_at = NULL,
  next_at = CASE WHEN claimed_at IS NULL THEN ? ELSE next_at END WHERE id = ? RETURNING url`;

/** Webhooks and their outbox. All writing is done in the transactions of those whose webhooks they are. */
@Injectable()
export class Webhooks {
  constructor(
    private readonly seals: WebhookSeals,
    @Inject(CONFIG) private readonly config: Pick<Config, 'webhookAllow'>,
    expiredRows: ExpiredRows,
  ) {
    expiredRows.register({ table: 'webhook_deliveries', keptMillis: KEPT_MILLIS, where: "status <> 'waiting'" });
  }

  /** What is wrong with a URL, or nothing. */
  faultOf(url: string): string | undefined {
    const target = readTarget(url, this.config.webhookAllow);
    return typeof target === 'string' ? target : undefined;
  }

  /** What a URL lacks that its headers have not either, or nothing. */
  lackOf(url: string, headers: Headers): string | undefined {
    const target = readTarget(url, this.config.webhookAllow);
    if (typeof target === 'string' || target.format !== 'pagerduty') return undefined;
    return (target.routingKey ?? routingKeyIn(headers)) === undefined ? NO_ROUTING_KEY : undefined;
  }

  /** Makes a webhook for an owner, which may have no URL yet, and gives its signing secret, which cannot be had again. */
  async create(manager: EntityManager, id: string, url: string | null, headers: Headers = {}): Promise<string> {
    const secret = newWebhookSecret();
    const none = { previousSecret: null, previousUntil: null, ...UNTRIED };
    const sealed = { ...this.seals.whereTo(id, url), secret: this.seals.sealSecret(id, secret) };
    await manager.insert(Webhook, { id, ...sealed, headers: this.sealHeaders(id, headers), ...none });
    return secret;
  }

  /** Posts to another URL from now on: at once what waits, and again where the one before had said that it is gone. */
  async redirect(manager: EntityManager, id: string, url: string): Promise<void> {
    await manager.update(Webhook, { id }, { ...this.seals.whereTo(id, url), ...UNTRIED });
    await query(manager, DUE_NOW, [Date.now(), id]);
  }

  /** Posts nowhere from now on: its headers are cleared, and what waits fails. An attempt that is under way is not stopped. */
  async disconnect(manager: EntityManager, id: string): Promise<void> {
    const none = { headers: null, nextAt: null, claimedAt: null };
    await manager.update(Webhook, { id }, { ...this.seals.whereTo(id, null), ...UNTRIED, ...none });
    await manager.update(Delivery, { webhookId: id, status: 'waiting' }, { status: 'failed', error: DISCONNECTED });
  }

  /** Sends these headers from now on: at once with what waits. */
  async setHeaders(manager: EntityManager, id: string, headers: Headers): Promise<void> {
    await manager.update(Webhook, { id }, { headers: this.sealHeaders(id, headers) });
    await query(manager, DUE_NOW, [Date.now(), id]);
  }

  /** The headers of a webhook; none where the server's secret does not open them. */
  async headersOf(manager: EntityManager, id: string): Promise<Headers> {
    return this.seals.headersOf(await manager.findOneByOrFail(Webhook, { id })) ?? {};
  }

  /** Webhooks by their ids, as far as their owners are shown. */
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

  private sealHeaders(id: string, headers: Headers): string | null {
    return Object.keys(headers).length === 0 ? null : this.seals.sealHeaders(id, headers);
  }

  /** The URL of one webhook; `UNREADABLE_URL` where the server's secret does not open it. */
  urlOf(webhook: Pick<Webhook, 'id' | 'url'>): string {
    return this.seals.urlOf(webhook) ?? UNREADABLE_URL;
  }

  /** Gives a new signing secret. For a day the one before is signed with too, and with it those that still were. */
  async rotateSecret(
    manager: EntityManager,
    id: string,
    nowMillis: number,
  ): Promise<{ secret: string; until: number }> {
    const before = await manager.findOneByOrFail(Webhook, { id });
    const earlier = [before.secret, ...earlierSecretsOf(before, nowMillis)].slice(0, MOST_EARLIER_SECRETS);
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
   * Ends up to several hundred webhooks whose owners are deleted: of their waiting messages, only the end of an alert is still sent. The row
   * of a webhook goes at once where nothing waits, and with `removeDeliveries` where something does.
   */
  async remove(manager: EntityManager, ids: readonly string[]): Promise<void> {
    await endWebhooks(manager, ids);
  }

  /** Removes so many deliveries of a webhook that has ended, and says how many there were: null while one is to be sent. */
  async removeDeliveries(manager: EntityManager, webhookId: string, most: number): Promise<number | null> {
    if (!(await removeIfDrained(manager, webhookId))) return null;
    const found = await manager.find(Delivery, { select: { id: true }, where: { webhookId }, take: most });
    if (found.length > 0) await manager.delete(Delivery, { id: In(found.map(({ id }) => id)) });
    return found.length;
  }

  /**
   * Puts messages into the outbox: what is committed with them is delivered, after what was put there before. A webhook without a
   * URL gets none.
   *
   * @throws Error where there is no such webhook
   */
  async enqueueAll(manager: EntityManager, messages: readonly QueuedMessage[]): Promise<void> {
    await enqueueAll(manager, messages, (row) => this.seals.queueOf(this.urlOf(row)));
  }

  /** One page without what is posted, newest first unless `sort` says otherwise. */
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
   * Has a delivery that is over sent once more from the start, under the same id: at once, or after the one under way.
   *
   * @throws ApiError `DELIVERY_NOT_FOUND`, `DELIVERY_WAITING`, `NO_WEBHOOK_URL`
   */
  async replay(manager: EntityManager, webhookId: string, id: string): Promise<Delivery & ListedDelivery> {
    const now = Date.now();
    // Webhooks before their deliveries, as everywhere: two transactions must not wait for each other.
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

/** A URL at which nothing has been tried. */
const UNTRIED = { switchedOffAt: null, attemptedAt: null, lastError: null, failedSince: null } as const;

/** Shown in the place of a URL that was sealed under another secret. Nothing listens there (RFC 6761 §6.4). */
export const UNREADABLE_URL = 'https://unreadable.invalid/';
