import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../common/config/config';
import { send, type Attempt } from './sending/send';
import { NO_ROUTING_KEY, routingKeyIn } from './sending/service-urls';
import { readTarget } from './sending/webhook-url';
import { bodyFor, isForPeople, type Summary } from './payload-formats';
import { signedHeaders } from './signature';
import { WebhookSeals } from './webhook-seals';
import { NO_URL, type Webhook } from './webhook.entity';
import { NO_WEBHOOK_URL } from './webhooks.errors';

/** A message that is ready to be formatted and sent. */
export interface Message {
  readonly id: string;
  readonly payload: string;
  readonly summary: Summary;
}

/** Posts messages to webhooks, signed and in the format of their receivers. */
@Injectable()
export class Poster {
  constructor(
    private readonly seals: WebhookSeals,
    @Inject(CONFIG) private readonly config: Pick<Config, 'webhookAllow'>,
  ) {}

  /** Whether a webhook posts to a chat service, where an outdated message is of no use. */
  isForPeople(webhook: Webhook): boolean {
    const target = readTarget(this.seals.urlOf(webhook) ?? '', this.config.webhookAllow);
    return typeof target !== 'string' && isForPeople(target.format);
  }

  /**
   * Attempts to send a message once, now.
   *
   * @param stop aborts the attempt
   */
  post(webhook: Webhook, { id, payload, summary }: Message, stop?: AbortSignal): Promise<Attempt> {
    if (webhook.url === NO_URL) return Promise.resolve(notSent(NO_WEBHOOK_URL.message));
    const url = this.seals.urlOf(webhook);
    if (url === undefined) return Promise.resolve(notSent(URL_UNREADABLE));
    const target = readTarget(url, this.config.webhookAllow);
    if (typeof target === 'string') return Promise.resolve(notSent(target));
    const now = Date.now();
    const secrets = this.secretsOf(webhook, now);
    if (!secrets) return Promise.resolve(notSent(SECRET_UNREADABLE));
    const own = this.seals.headersOf(webhook);
    if (!own) return Promise.resolve(notSent(HEADERS_UNREADABLE));
    const routingKey = target.routingKey ?? routingKeyIn(own);
    if (target.format === 'pagerduty' && routingKey === undefined) return Promise.resolve(notSent(NO_ROUTING_KEY));
    const body = bodyFor(target.format, payload, summary, {
      ...target,
      ...(routingKey !== undefined && { routingKey }),
    });
    const headers = {
      'user-agent': 'Dakkio-Webhooks/1',
      accept: '*/*',
      ...Object.fromEntries(Object.entries(own).map(([name, value]) => [name.toLowerCase(), value])),
      'content-type': 'application/json',
      ...signedHeaders(secrets, { id: `msg_${id}`, atMillis: now, body }),
    };
    return send(target, { headers, body }, this.config.webhookAllow, { stop });
  }

  /** The signing secrets of a webhook, or undefined if the current one cannot be opened. Unreadable earlier ones are skipped. */
  private secretsOf(webhook: Webhook, now: number): string[] | undefined {
    const current = this.seals.openSecret(webhook.id, webhook.secret);
    if (current === undefined) return undefined;
    const earlier = earlierSecretsOf(webhook, now).map((sealed) => this.seals.openSecret(webhook.id, sealed));
    return [current, ...earlier.filter((secret) => secret !== undefined)];
  }
}

/** The earlier signing secrets that are still in use, sealed. */
export function earlierSecretsOf({ previousSecret, previousUntil }: Webhook, now: number): string[] {
  if (previousSecret === null || previousUntil === null || previousUntil <= now) return [];
  return previousSecret.split(' ');
}

/** The result for a message that was not sent, with the reason. */
export function notSent(error: string): Attempt {
  return { status: null, error, retryAfterMillis: null, durationMillis: 0 };
}

const URL_UNREADABLE =
  "The webhook URL cannot be read: it was stored under another secret of the server. Set the rule's webhookUrl again";

const HEADERS_UNREADABLE =
  "The webhook headers cannot be read: they were stored under another secret of the server. Set the rule's headers again";

const SECRET_UNREADABLE = "The webhook secret cannot be read: the server's own secret is another. Rotate it";
