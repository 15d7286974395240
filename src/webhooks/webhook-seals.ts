import { Injectable } from '@nestjs/common';
import { ServerSecret } from '../common/server-secret';
import { Sealer } from './sealed-text';
import type { Webhook } from './webhook.entity';

/** A webhook's row as the database has it, with the texts that are sealed in it. */
type SealedParts = Pick<Webhook, 'id' | 'url' | 'secret' | 'previousSecret'>;
const PLAIN_URL = /^https?:/;

/** Seals and opens what a webhook keeps secret: its URL, whose path is often what protects it, and what it signs with. */
@Injectable()
export class WebhookSeals {
  private readonly sealer: Sealer;

  constructor(secret: ServerSecret) {
    this.sealer = new Sealer(secret.keysFor('webhook secrets'));
  }

  sealUrl(id: string, url: string): string {
    return this.sealer.seal(url, urlOfRow(id));
  }

  /** The URL of a webhook, or undefined where it was sealed under a secret that is neither the present nor the previous one. */
  urlOf({ id, url }: Pick<Webhook, 'id' | 'url'>): string | undefined {
    // Rows of versions before sealed URLs, until the server has come to them.
    return PLAIN_URL.test(url) ? url : this.sealer.open(url, urlOfRow(id));
  }

  sealSecret(id: string, secret: string): string {
    return this.sealer.seal(secret, id);
  }

  openSecret(id: string, sealed: string): string | undefined {
    return this.sealer.open(sealed, id);
  }

  /**
   * Seals everything of a webhook under the present secret.
   *
   * @returns the columns that change, and whether something can be opened under no accepted secret and is left as it is
   */
  reseal({ id, url, secret, previousSecret }: SealedParts): { change: Partial<SealedParts>; unreadable: boolean } {
    const urls = PLAIN_URL.test(url) ? this.sealUrl(id, url) : this.sealer.reseal(url, urlOfRow(id));
    const secrets = [secret, ...(previousSecret?.split(' ') ?? [])].map((one) => this.sealer.reseal(one, id) ?? one);
    const [current = secret, ...earlier] = secrets;
    const previous = previousSecret === null ? null : earlier.join(' ');
    const change = {
      ...(urls !== undefined && urls !== url && { url: urls }),
      ...(current !== secret && { secret: current }),
      ...(previous !== previousSecret && { previousSecret: previous }),
    };
    const opens = urls !== undefined && secrets.every((one) => this.sealer.open(one, id) !== undefined);
    return { change, unreadable: !opens };
  }
}

/** Bound to more than the row's id, so that a URL cannot be put in the place of a secret, nor the other way round. */
function urlOfRow(id: string): string {
  return `${id} url`;
}
