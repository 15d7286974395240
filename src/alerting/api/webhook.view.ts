import { ApiProperty } from '@nestjs/swagger';
import { TimeProperty } from '../../common/openapi/openapi-fields';
import { isoTime } from '../../common/times';
import { WEBHOOK_STATUSES, type ShownWebhook } from '../../webhooks/shown-webhook';

/** Whether the messages of an alert rule arrive. */
export class WebhookView {
  @ApiProperty({
    enum: WEBHOOK_STATUSES,
    description:
      '`ok`: the last attempt arrived, or there was none. `failing`: it failed. `off`: the receiver answered 410, and nothing is ' +
      'sent until a test arrives, a delivery is replayed or the rule is given a URL',
    example: 'failing',
  })
  readonly status: ShownWebhook['status'];

  @TimeProperty('2024-01-15T10:10:05.000Z', { nullable: true, description: 'When the last attempt at this URL ended' })
  readonly lastAttemptAt: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why the last attempt failed; null if it arrived',
    example: 'The receiver answered 500',
  })
  readonly lastError: string | null;

  @TimeProperty('2024-01-15T10:10:00.000Z', {
    nullable: true,
    description: 'When the first attempt failed since the last that arrived',
  })
  readonly failedSince: string | null;

  constructor({ status, attemptedAt, lastError, failedSince }: ShownWebhook) {
    this.status = status;
    this.lastAttemptAt = attemptedAt === null ? null : isoTime(attemptedAt);
    this.lastError = lastError;
    this.failedSince = failedSince === null ? null : isoTime(failedSince);
  }
}
