import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ServerSecret } from '../common/server-secret';
import { receiverOf } from './receiver-slots';
import { Sealer } from './sealed-text';
import { withoutFormat } from './sending/webhook-url';
import { NO_URL, type Webhook } from './webhook.entity';

/** The sealed columns of a webhook, and those derived from its URL. */
export type SealedParts = Pick<Webhook, 'id' | 'url' | 'receiver' | 'queue' | 'secret' | 'previousSecret' | 'headers'>;
const PLAIN_URL = /^https?:/;

/**
 * Seals and opens the secrets of a webhook: its URL, whose path often is the receiver's only protection, its headers and its
 * signing secrets.
 */
@Injectable()
export class WebhookSeals {
  private readonly sealer: Sealer;
  private readonly queueKey: Buffer;

  constructor(secret: ServerSecret) {
    this.sealer = new Sealer(secret.keysFor('webhook secrets'));
    this.queueKey = secret.keyFor('webhook queues');
  }

  sealUrl(id: string, url: string): string {
    return this.sealer.seal(url, urlOfRow(id));
  }

  /** The columns for a URL, or for none. */
  whereTo(id: string, url: string | null): Pick<Webhook, 'url' | 'receiver' | 'queue'> {
    if (url === null) return { url: NO_URL, receiver: '', queue: '' };
    return { url: this.sealUrl(id, url), ...this.queueOf(url) };
  }

  /** The receiver and queue of a URL. The queue is a keyed hash: equal for equal URLs, without revealing them. */
  queueOf(url: string): Pick<Webhook, 'receiver' | 'queue'> {
    const queue = createHmac('sha256', this.queueKey).update(withoutFormat(url)).digest('base64url');
    return { receiver: receiverOf(url), queue };
  }

  sealHeaders(id: string, headers: Readonly<Record<string, string>>): string {
    return this.sealer.seal(JSON.stringify(headers), headersOfRow(id));
  }

  /** The headers of a webhook, or undefined if the server's secret does not open them. */
  headersOf({ id, headers }: Pick<Webhook, 'id' | 'headers'>): Readonly<Record<string, string>> | undefined {
    if (headers === null) return {};
    const text = this.sealer.open(headers, headersOfRow(id));
    return text === undefined ? undefined : (JSON.parse(text) as Record<string, string>);
  }

  /** The URL of a webhook, or undefined if it was sealed under neither the current nor the previous secret. */
  urlOf({ id, url }: Pick<Webhook, 'id' | 'url'>): string | undefined {
    // Rows of versions without sealing, until `WebhookResealing` has processed them.
    return PLAIN_URL.test(url) ? url : this.sealer.open(url, urlOfRow(id));
  }

  sealSecret(id: string, secret: string): string {
    return this.sealer.seal(secret, id);
  }

  openSecret(id: string, sealed: string): string | undefined {
    return this.sealer.open(sealed, id);
  }

  /**
   * Seals all secrets of a webhook under the current secret of the server.
   *
   * @returns the columns that change, and whether a value opens under no accepted secret and is left unchanged
   */
  reseal(row: SealedParts): { change: Partial<SealedParts>; unreadable: boolean } {
    const { id, secret, previousSecret, headers } = row;
    const { isReadable, ...where } = this.resealUrl(row);
    const secrets = [secret, ...(previousSecret?.split(' ') ?? [])].map((one) => this.sealer.reseal(one, id) ?? one);
    const [current = secret, ...earlier] = secrets;
    const after: Omit<SealedParts, 'id'> = {
      ...where,
      secret: current,
      previousSecret: previousSecret === null ? null : earlier.join(' '),
      headers: headers === null ? null : (this.sealer.reseal(headers, headersOfRow(id)) ?? headers),
    };
    const change = Object.fromEntries(
      Object.entries(after).filter(([name, value]) => value !== row[name as keyof typeof after]),
    );
    const opens = isReadable && secrets.every((one) => this.sealer.open(one, id) !== undefined);
    return { change, unreadable: !opens || this.headersOf(row) === undefined };
  }

  private resealUrl({ id, url, receiver, queue }: SealedParts) {
    if (url === NO_URL) return { ...this.whereTo(id, null), isReadable: true };
    const opened = this.urlOf({ id, url });
    const sealed = PLAIN_URL.test(url) ? this.sealUrl(id, url) : (this.sealer.reseal(url, urlOfRow(id)) ?? url);
    if (opened === undefined) return { url: sealed, receiver, queue, isReadable: false };
    return { url: sealed, ...this.queueOf(opened), isReadable: true };
  }
}

/** Also binds to the column, so that a sealed URL and a sealed secret cannot be swapped. */
function urlOfRow(id: string): string {
  return `${id} url`;
}

function headersOfRow(id: string): string {
  return `${id} headers`;
}
