import type { WebhookHeaders } from './webhook-headers';

export const WEBHOOK_STATUSES = ['ok', 'failing', 'off'] as const;

/** A webhook as the API shows it. Times are in milliseconds since 1970. */
export interface ShownWebhook {
  /** `UNREADABLE_URL` if the server's secret does not open it; null if there is none. */
  readonly url: string | null;
  /** The names, with masked values. */
  readonly headers: WebhookHeaders;
  readonly status: (typeof WEBHOOK_STATUSES)[number];
  readonly attemptedAt: number | null;
  readonly lastError: string | null;
  readonly failedSince: number | null;
}
