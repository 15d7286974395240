import type { Headers } from './webhook-headers';

export const WEBHOOK_STATUSES = ['ok', 'failing', 'off'] as const;

/** A webhook as its owner shows it. Times are in milliseconds since 1970. */
export interface ShownWebhook {
  /** `UNREADABLE_URL` where the server's secret does not open it; null where there is none. */
  readonly url: string | null;
  /** By their names; none of the values. */
  readonly headers: Headers;
  readonly status: (typeof WEBHOOK_STATUSES)[number];
  readonly attemptedAt: number | null;
  readonly lastError: string | null;
  readonly failedSince: number | null;
}
