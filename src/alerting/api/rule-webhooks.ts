import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ValidationError } from '../../common/errors';
import { isMasked, MASK } from '../../webhooks/masked-url';
import { changedHeaders, UnknownHeader, type Headers } from '../../webhooks/webhook-headers';
import type { ShownWebhook } from '../../webhooks/shown-webhook';
import { Webhooks } from '../../webhooks/webhooks.service';
import { HEADER_MASKED, HEADERS_WITHOUT_URL, URL_MASKED } from './alerts.errors';
import { changedUrl } from './rule-input';
import { hostOf } from './rule-audit-event';

/** What a client sends of a webhook. */
export interface WebhookChanges {
  /** Null for none. */
  readonly webhookUrl?: string | null | undefined;
  readonly headers?: Headers | null | undefined;
}

interface ChangedWebhook {
  readonly webhook: ShownWebhook;
  /** What changed, for the audit log: hosts and the names of headers; undefined where nothing did. */
  readonly noted: { readonly from: object; readonly to: object } | undefined;
}

/** Checks and changes the webhooks of alert rules. */
@Injectable()
export class RuleWebhooks {
  constructor(private readonly webhooks: Webhooks) {}

  /** @throws ValidationError for a URL that a webhook cannot have */
  checkUrl(url: string): void {
    const message = isMasked(url) ? URL_MASKED.message : this.webhooks.faultOf(url);
    if (message !== undefined) throw refused('webhookUrl', message);
  }

  /**
   * Creates the webhook of a rule.
   *
   * @returns its signing secret, which cannot be had again
   * @throws ValidationError for masked headers, for headers without a URL, and for a URL that lacks a key
   */
  async create(manager: EntityManager, id: string, url: string | null, headers: Headers = {}): Promise<string> {
    const masked = Object.keys(headers).find((name) => headers[name] === MASK);
    if (masked !== undefined) throw refused('headers', HEADER_MASKED.message, masked);
    this.checkKey(url, headers);
    return this.webhooks.create(manager, id, url, headers);
  }

  /**
   * Gives the webhook of a rule another URL or none, other headers, or both. Headers are cleared where the URL leads to another
   * origin, unless they are sent again.
   *
   * @throws ValidationError for a masked URL or header that is not the one before, for headers without a URL, and for a URL
   *   that lacks a key
   */
  async change(
    manager: EntityManager,
    id: string,
    before: ShownWebhook,
    wish: WebhookChanges,
  ): Promise<ChangedWebhook> {
    const sent = changedUrl(wish.webhookUrl, before.url);
    const url = sent === undefined ? before.url : sent;
    const headersBefore = await this.webhooks.headersOf(manager, id);
    const isOtherOrigin = originOf(url) !== originOf(before.url);
    const headers = changedHeaders(wish.headers, headersBefore, { isOtherOrigin });
    if (headers instanceof UnknownHeader) throw refused('headers', HEADER_MASKED.message, headers.name);
    if (url !== before.url || headers) this.checkKey(url, headers ?? headersBefore);
    // Headers first: what waits is due at once at the new URL.
    if (headers) await this.webhooks.setHeaders(manager, id, headers);
    // Also the same URL, where it is whole, switches a webhook on again.
    if (typeof sent === 'string') await this.webhooks.redirect(manager, id, sent);
    if (sent === null && before.url !== null) await this.webhooks.disconnect(manager, id);
    const webhook = (await this.webhooks.shownOf(manager, [id])).get(id) ?? before;
    if (url === before.url && (!headers || isDeepStrictEqual(headers, headersBefore)))
      return { webhook, noted: undefined };
    const noted = (at: string | null, names: Headers) => ({
      ...(url !== before.url && { webhook: hostOf(at) }),
      ...(headers && { headers: Object.keys(names) }),
    });
    return { webhook, noted: { from: noted(before.url, headersBefore), to: noted(url, headers ?? {}) } };
  }

  private checkKey(url: string | null, headers: Headers): void {
    if (url === null) {
      if (Object.keys(headers).length > 0) throw refused('headers', HEADERS_WITHOUT_URL.message);
      return;
    }
    const message = this.webhooks.lackOf(url, headers);
    if (message !== undefined) throw refused('webhookUrl', message);
  }
}

function originOf(url: string | null): string | null {
  return url === null ? null : new URL(url).origin;
}

function refused(field: 'webhookUrl' | 'headers', message: string, name?: string): ValidationError {
  return new ValidationError([
    { path: ['body', field, ...(name === undefined ? [] : [name])], message, errorCode: 'invalid_webhook' },
  ]);
}
