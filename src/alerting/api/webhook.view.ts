import { ApiProperty } from '@nestjs/swagger';
import { TimeProperty } from '../../common/openapi/openapi-fields';
import { isoTime } from '../../common/times';
import { WEBHOOK_STATUSES, type ShownWebhook } from '../../webhooks/shown-webhook';

/** The health of the webhook of an alert rule. */
export class WebhookView {
  @ApiProperty({
    enum: WEBHOOK_STATUSES,
    description:
      '`ok`: the last attempt succeeded, or there was none. `failing`: it failed. `off`: the receiver replied 410, and nothing is ' +
      'sent until a test succeeds, a delivery is replayed or the rule gets a URL',
    example: 'failing',
  })
  readonly status: ShownWebhook['status'];

  @TimeProperty('2024-01-15T10:10:05.000Z', { nullable: true, description: 'The end of the last attempt at this URL' })
  readonly lastAttemptAt: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why the last attempt failed; null if it succeeded',
    example: 'The receiver answered 500',
  })
  readonly lastError: string | null;

  @TimeProperty('2024-01-15T10:10:00.000Z', {
    nullable: true,
    description: 'The first failure since the last success',
  })
  readonly failedSince: string | null;

  constructor({ status, attemptedAt, lastError, failedSince }: ShownWebhook) {
    this.status = status;
    this.lastAttemptAt = attemptedAt === null ? null : isoTime(attemptedAt);
    this.lastError = lastError;
    this.failedSince = failedSince === null ? null : isoTime(failedSince);
  }
}
