import { MessageReply } from '../../../common/openapi/message-reply';
import { EXAMPLE_IDS } from '../../../common/openapi/example-ids';
import { ApiProperty } from '@nestjs/swagger';
import { IdField } from '../../../common/validation/fields';
import { CountProperty, IdProperty, TimeProperty } from '../../../common/openapi/openapi-fields';
import { Pagination } from '../../../common/pagination';
import { isoTime } from '../../../common/times';
import { DELIVERY_STATUSES, type Delivery, type DeliveryStatus } from '../../../webhooks/delivery.entity';
import type { Attempt } from '../../../webhooks/sending/send';
import type { ListedDelivery } from '../../../webhooks/listed-deliveries';
import { AlertPath } from '../alerts.dto';

export class DeliveryPath extends AlertPath {
  @IdField('delivery ID', EXAMPLE_IDS.delivery)
  readonly deliveryId: string;
}

const responseStatusDocs = {
  type: 'integer',
  nullable: true,
  description: 'The status that the receiver replied; null if it did not reply',
  example: 200,
} as const;
const errorDocs = { type: String, nullable: true, description: 'Why the last attempt failed', example: null } as const;

/** A delivery as a client sees it. */
export class DeliveryView {
  @IdProperty(EXAMPLE_IDS.delivery)
  readonly _id: string;

  @ApiProperty({
    type: String,
    description: 'The `webhook-id` of all its attempts',
    example: `msg_${EXAMPLE_IDS.delivery}`,
  })
  readonly webhookId: string;

  @ApiProperty({ type: String, example: 'alert.triggered' })
  readonly event: string;

  @ApiProperty({
    enum: DELIVERY_STATUSES,
    description: '`dropped`: a chat message about an alert that ended before the message was sent',
    example: 'delivered',
  })
  readonly status: DeliveryStatus;

  @CountProperty(1, { description: 'Attempts that the receiver rate-limited do not count' })
  readonly attempts: number;

  @ApiProperty(responseStatusDocs)
  readonly responseStatus: number | null;

  @ApiProperty(errorDocs)
  readonly error: string | null;

  @TimeProperty('2024-01-15T10:10:00.000Z')
  readonly createdAt: string;

  @TimeProperty('2024-01-15T10:10:00.000Z', { nullable: true })
  readonly lastAttemptAt: string | null;

  @TimeProperty('2024-01-15T10:10:05.000Z', {
    nullable: true,
    description: 'The next attempt; null if it is finished, or waits for an earlier message',
  })
  readonly nextAttemptAt: string | null;

  constructor(delivery: ListedDelivery) {
    this._id = delivery.id;
    this.webhookId = `msg_${delivery.id}`;
    this.event = delivery.event;
    this.status = delivery.status;
    this.attempts = delivery.attempts;
    this.responseStatus = delivery.responseStatus;
    this.error = delivery.error;
    this.createdAt = isoTime(delivery.createdAt);
    this.lastAttemptAt = delivery.attemptedAt === null ? null : isoTime(delivery.attemptedAt);
    this.nextAttemptAt = delivery.nextAt === null ? null : isoTime(delivery.nextAt);
  }
}

export class DeliveryDetails extends DeliveryView {
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'The body of the message', example: {} })
  readonly payload: unknown;

  constructor(delivery: Delivery & ListedDelivery) {
    super(delivery);
    this.payload = JSON.parse(delivery.payload);
  }
}

export class DeliveryList {
  @ApiProperty({ type: [DeliveryView] })
  readonly deliveries: DeliveryView[];

  @ApiProperty({ type: Pagination })
  readonly pagination: Pagination;
}

export class DeliveryReply {
  @ApiProperty({ type: DeliveryDetails })
  readonly delivery: DeliveryDetails;
}

export class DeliveryReplayed extends MessageReply('Delivery queued again') {
  @ApiProperty({ type: DeliveryView })
  readonly delivery: DeliveryView;
}

export class TestResult {
  @ApiProperty({ type: Boolean, description: 'Whether the receiver replied 2xx', example: true })
  readonly delivered: boolean;

  @ApiProperty(responseStatusDocs)
  readonly responseStatus: number | null;

  @ApiProperty(errorDocs)
  readonly error: string | null;

  @CountProperty(84)
  readonly durationMs: number;

  constructor({ status, error, durationMillis }: Attempt) {
    this.delivered = error === null;
    this.responseStatus = status;
    this.error = error;
    this.durationMs = durationMillis;
  }
}

export class AlertTested extends MessageReply('Test delivery sent') {
  @ApiProperty({ type: TestResult })
  readonly delivery: TestResult;
}
