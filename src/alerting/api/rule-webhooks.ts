import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ValidationError } from '../../common/errors';
import { isMasked, MASK } from '../../webhooks/masked-url';
import { changedHeaders, UnknownHeader, type WebhookHeaders } from '../../webhooks/webhook-headers';
import type { ShownWebhook } from '../../webhooks/shown-webhook';
import { Webhooks } from '../../webhooks/webhooks.service';
import { HEADER_MASKED, HEADERS_WITHOUT_URL, URL_MASKED } from './alerts.errors';
import { changedUrl } from './rule-input';
import { hostOf } from './rule-audit-event';

/** The webhook fields of a request. */
export interface WebhookChanges {
  /** Null for none. */
  readonly webhookUrl?: string | null | undefined;
  readonly headers?: WebhookHeaders | null | undefined;
}

interface ChangedWebhook {
  readonly webhook: ShownWebhook;
  /** The change for the audit log: hosts and names of headers. Undefined if nothing changed. */
  readonly audited: { readonly from: object; readonly to: object } | undefined;
}

/** Checks and changes the webhooks of alert rules. */
@Injectable()
export class RuleWebhooks {
  constructor(private readonly webhooks: Webhooks) {}

  /** @throws ValidationError for a URL that is not allowed */
  checkUrl(url: string): void {
    const message = isMasked(url) ? URL_MASKED.message : this.webhooks.faultOf(url);
    if (message !== undefined) throw refused('webhookUrl', message);
  }

  /**
   * Creates the webhook of a rule.
   *
   * @returns its signing secret, which cannot be read again
   * @throws ValidationError for masked headers, for headers without a URL, and for a URL that lacks a key
   */
  async create(manager: EntityManager, id: string, url: string | null, headers: WebhookHeaders = {}): Promise<string> {
    const masked = Object.keys(headers).find((name) => headers[name] === MASK);
    if (masked !== undefined) throw refused('headers', HEADER_MASKED.message, masked);
    this.checkKey(url, headers);
    return this.webhooks.create(manager, id, url, headers);
  }

  /**
   * Changes the URL or the headers of a webhook. A URL of another origin removes the headers, unless they are sent again.
   *
   * @throws ValidationError for a masked URL or header that does not match the current one, for headers without a URL, and
   *   for a URL that lacks a key
   */
  async change(
    manager: EntityManager,
    id: string,
    before: ShownWebhook,
    changes: WebhookChanges,
  ): Promise<ChangedWebhook> {
    const sent = changedUrl(changes.webhookUrl, before.url);
    const url = sent === undefined ? before.url : sent;
    const headersBefore = await this.webhooks.headersOf(manager, id);
    const isOtherOrigin = originOf(url) !== originOf(before.url);
    const headers = changedHeaders(changes.headers, headersBefore, { isOtherOrigin });
    if (headers instanceof UnknownHeader) throw refused('headers', HEADER_MASKED.message, headers.name);
    if (url !== before.url || headers) this.checkKey(url, headers ?? headersBefore);
    // Headers first, because queued messages are sent at once to the new URL.
    if (headers) await this.webhooks.setHeaders(manager, id, headers);
    // Sending the whole URL again also switches a webhook on that was off.
    if (typeof sent === 'string') await this.webhooks.redirect(manager, id, sent);
    if (sent === null && before.url !== null) await this.webhooks.disconnect(manager, id);
    const webhook = (await this.webhooks.shownOf(manager, [id])).get(id) ?? before;
    if (url === before.url && (!headers || isDeepStrictEqual(headers, headersBefore)))
      return { webhook, audited: undefined };
    const audited = (at: string | null, names: WebhookHeaders) => ({
      ...(url !== before.url && { webhook: hostOf(at) }),
      ...(headers && { headers: Object.keys(names) }),
    });
    return { webhook, audited: { from: audited(before.url, headersBefore), to: audited(url, headers ?? {}) } };
  }

  private checkKey(url: string | null, headers: WebhookHeaders): void {
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
