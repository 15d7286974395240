import { Inject, Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../common/config/config';
import { ApiError } from '../common/errors';
import { newId } from '../common/ids';
import type { Pause } from '../common/http/pause';
import type { PageQuery } from '../common/pagination';
import { findAndCountInSlices } from '../database/find-in-slices';
import { OldRows } from '../database/old-rows';
import { Delivery, type DeliverySummary } from './delivery.entity';
import { receiverOf } from './places';
import { DELIVERIES_PER_TRIM, trimOutbox } from './outbox-bounds';
import { send, type Attempt } from './sending/send';
import { bodyFor, type Told } from './shapes';
import { newWebhookSecret, signedHeaders } from './signature';
import { readTarget } from './sending/webhook-url';
import { WebhookSeals } from './webhook-seals';
import { Webhook } from './webhook.entity';
import { DELIVERY_NOT_FOUND, DELIVERY_WAITING } from './webhooks.errors';

/** What is to be told to a webhook's receiver. */
export interface Notice {
  readonly event: string;
  /** The body for programs: what it is made of as JSON is what is signed. */
  readonly payload: object;
  readonly told: Told;
}

/** A message that is written already. */
export interface Letter {
  readonly id: string;
  readonly payload: string;
  readonly told: Told;
}

export const KEPT_MILLIS = 30 * 86_400_000;
const EARLIER_SECRETS_MILLIS = 24 * 3_600_000;
/** A signature for each: what a receiver may have been given last, and a header of bounded length. */
const MOST_EARLIER_SECRETS = 3;

const LISTED: Record<keyof DeliverySummary, true> = {
  ...{ id: true, event: true, status: true, attempts: true, nextAt: true, responseStatus: true, error: true },
  ...{ createdAt: true, attemptedAt: true },
};

/** Webhooks and their outbox. All writing is done in the transactions of those whose webhooks they are. */
@Injectable()
export class Webhooks {
  constructor(
    private readonly seals: WebhookSeals,
    @Inject(CONFIG) private readonly config: Pick<Config, 'webhookAllow'>,
    oldRows: OldRows,
  ) {
    oldRows.register({ table: 'webhook_deliveries', keptMillis: KEPT_MILLIS, where: "status <> 'waiting'" });
  }

  /** What is wrong with a URL, or nothing. */
  faultOf(url: string): string | undefined {
    const target = readTarget(url, this.config.webhookAllow);
    return typeof target === 'string' ? target : undefined;
  }

  /** Makes a webhook for an owner, and gives its signing secret, which cannot be had again. */
  async create(manager: EntityManager, id: string, url: string): Promise<string> {
    const secret = newWebhookSecret();
    const none = { previousSecret: null, previousUntil: null, switchedOffAt: null };
    const sealed = { url: this.seals.sealUrl(id, url), secret: this.seals.sealSecret(id, secret) };
    await manager.insert(Webhook, { id, ...sealed, ...none });
    return secret;
  }

  /** Posts to another URL from now on, and again where the one before had said that it is gone. */
  async redirect(manager: EntityManager, id: string, url: string): Promise<void> {
    await manager.update(Webhook, { id }, { url: this.seals.sealUrl(id, url), switchedOffAt: null });
  }

  /** The URLs of webhooks by their ids; `UNREADABLE_URL` where the server's secret does not open it. */
  async urlsOf(manager: EntityManager, ids: readonly string[]): Promise<Map<string, string>> {
    const found = await manager.find(Webhook, { select: { id: true, url: true }, where: { id: In([...ids]) } });
    return new Map(found.map((webhook) => [webhook.id, this.urlOf(webhook)]));
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

  /** Ends up to some hundred webhooks: what waits for them is sent no more. */
  async remove(manager: EntityManager, ids: readonly string[]): Promise<void> {
    await manager.delete(Webhook, { id: In([...ids]) });
  }

  /** Removes so many deliveries of a webhook that has ended, and says how many there were. */
  async removeDeliveries(manager: EntityManager, webhookId: string, most: number): Promise<number> {
    const found = await manager.find(Delivery, { select: { id: true }, where: { webhookId }, take: most });
    if (found.length > 0) await manager.delete(Delivery, { id: In(found.map(({ id }) => id)) });
    return found.length;
  }

  /** Puts a message into the outbox: what is committed with it is delivered. */
  async enqueue(manager: EntityManager, webhookId: string, { event, payload, told }: Notice): Promise<void> {
    const webhook = await manager.findOneByOrFail(Webhook, { id: webhookId });
    const now = Date.now();
    const isOff = webhook.switchedOffAt !== null;
    await manager.insert(Delivery, {
      id: newId(now),
      webhookId,
      receiver: receiverOf(this.urlOf(webhook)),
      event,
      payload: JSON.stringify(payload),
      told: JSON.stringify(told),
      status: isOff ? 'failed' : 'waiting',
      attempts: 0,
      nextAt: isOff ? null : now,
      responseStatus: null,
      error: isOff ? SWITCHED_OFF : null,
      createdAt: now,
      attemptedAt: null,
    });
    if (Math.random() * DELIVERIES_PER_TRIM < 1) await trimOutbox(manager, webhookId);
  }

  /** One page without what is posted, newest first, and the length of the whole list. */
  list(
    manager: EntityManager,
    webhookId: string,
    { limit, offset }: PageQuery,
    pause: Pause,
  ): Promise<[DeliverySummary[], number]> {
    const order = { createdAt: 'DESC', id: 'DESC' } as const;
    const options = { select: LISTED, where: { webhookId }, order, take: limit, skip: offset };
    return findAndCountInSlices(manager, Delivery, options, pause);
  }

  /** @throws ApiError `DELIVERY_NOT_FOUND` */
  async get(manager: EntityManager, webhookId: string, id: string): Promise<Delivery> {
    const delivery = await manager.findOneBy(Delivery, { id, webhookId });
    if (!delivery) throw new ApiError(DELIVERY_NOT_FOUND);
    return delivery;
  }

  /**
   * Has a delivery that is over sent once more from the start, under the same id.
   *
   * @throws ApiError `DELIVERY_NOT_FOUND`, `DELIVERY_WAITING`
   */
  async replay(manager: EntityManager, webhookId: string, id: string): Promise<Delivery> {
    const before = await this.get(manager, webhookId, id);
    if (before.status === 'waiting') throw new ApiError(DELIVERY_WAITING);
    const change = { status: 'waiting', attempts: 0, nextAt: Date.now(), error: null, responseStatus: null } as const;
    // Deliveries before their webhook, as everywhere: two transactions must not wait for each other.
    await manager.update(Delivery, { id }, change);
    await manager.update(Webhook, { id: webhookId }, { switchedOffAt: null });
    return { ...before, ...change };
  }

  /**
   * Tries a message once, now.
   *
   * @param stop ends the attempt before its time
   */
  post(webhook: Webhook, { id, payload, told }: Letter, stop?: AbortSignal): Promise<Attempt> {
    const url = this.seals.urlOf(webhook);
    if (url === undefined) return Promise.resolve(notSent(URL_UNREADABLE));
    const target = readTarget(url, this.config.webhookAllow);
    if (typeof target === 'string') return Promise.resolve(notSent(target));
    const now = Date.now();
    const secrets = this.secretsOf(webhook, now);
    if (!secrets) return Promise.resolve(notSent(SECRET_UNREADABLE));
    const body = bodyFor(target.format, payload, told);
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Dakkio-Webhooks/1',
      accept: '*/*',
      ...signedHeaders(secrets, { id: `msg_${id}`, atMillis: now, body }),
    };
    return send(target, { headers, body }, this.config.webhookAllow, { stop });
  }

  /** What a webhook signs with, or undefined if the secret cannot be read. That an earlier one cannot is no obstacle. */
  private secretsOf(webhook: Webhook, now: number): string[] | undefined {
    const current = this.seals.openSecret(webhook.id, webhook.secret);
    if (current === undefined) return undefined;
    const earlier = earlierSecretsOf(webhook, now).map((sealed) => this.seals.openSecret(webhook.id, sealed));
    return [current, ...earlier.filter((secret) => secret !== undefined)];
  }
}

/** The sealed texts of what is signed with beside the current secret. */
function earlierSecretsOf({ previousSecret, previousUntil }: Webhook, now: number): string[] {
  if (previousSecret === null || previousUntil === null || previousUntil <= now) return [];
  return previousSecret.split(' ');
}

/** The attempt that was none, and why. */
export function notSent(error: string): Attempt {
  return { status: null, error, retryAfterMillis: null, durationMillis: 0 };
}

/** Shown in the place of a URL that was sealed under another secret. Nothing listens there (RFC 6761 §6.4). */
export const UNREADABLE_URL = 'https://unreadable.invalid/';

const URL_UNREADABLE =
  "The webhook URL cannot be read: it was stored under another secret of the server. Set the rule's webhookUrl again";

const SECRET_UNREADABLE = "The webhook secret cannot be read: the server's own secret is another. Rotate it";

export const SWITCHED_OFF = 'The webhook is off: its receiver answered 410';
