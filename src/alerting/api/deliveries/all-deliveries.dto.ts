import { ApiProperty } from '@nestjs/swagger';
import { EXAMPLE_IDS } from '../../../common/openapi/example-ids';
import { IdProperty } from '../../../common/openapi/openapi-fields';
import { LongListPagination, NewestFirstQuery } from '../../../common/pagination';
import { ChoiceField, IdField, SearchField } from '../../../common/validation/fields';
import { DELIVERY_STATUSES, type DeliveryStatus } from '../../../webhooks/delivery.entity';
import { docs, NAME } from '../alert-fields';
import type { DeliveryOfRule } from './all-deliveries';
import { DeliveryView } from './deliveries.dto';

const STATUSES_SAID = DELIVERY_STATUSES.map((status) => `'${status}'`);

/** The query string of the list of all deliveries. */
export class DeliveriesQuery extends NewestFirstQuery {
  @ChoiceField(
    {
      values: DELIVERY_STATUSES,
      required: false,
      message: `status must be ${STATUSES_SAID.slice(0, -1).join(', ')} or ${STATUSES_SAID.at(-1)}`,
    },
    {
      description: 'Only deliveries with this status. `failed` ones can be sent again, `waiting` ones are pending',
      example: 'failed',
    },
  )
  readonly status?: DeliveryStatus;

  @SearchField(
    { label: 'q' },
    {
      description:
        'Only deliveries of alert rules whose name contains this text. Ignores case, also of letters outside ASCII. No character is a ' +
        'wildcard',
      example: 'too hot',
    },
  )
  readonly q?: string;

  @IdField('bucket ID', EXAMPLE_IDS.bucket, {
    required: false,
    description: 'Only deliveries of alert rules of this bucket',
  })
  readonly bucketId?: string;
}

/** A delivery with its alert rule. */
export class DeliveryOfRuleView extends DeliveryView {
  @IdProperty(EXAMPLE_IDS.alertRule)
  readonly alertId: string;

  @ApiProperty({
    type: String,
    maxLength: NAME.maxLength,
    description: 'Name of the alert rule',
    example: docs.name.example,
  })
  readonly alertName: string;

  @IdProperty(EXAMPLE_IDS.bucket)
  readonly bucketId: string;

  @IdProperty(EXAMPLE_IDS.dataSource)
  readonly dataSourceId: string;

  constructor({ delivery, rule }: DeliveryOfRule) {
    super(delivery);
    this.alertId = rule.id;
    this.alertName = rule.name;
    this.bucketId = rule.bucketId;
    this.dataSourceId = rule.sourceId;
  }
}

export class AllDeliveriesList {
  @ApiProperty({ type: [DeliveryOfRuleView] })
  readonly deliveries: DeliveryOfRuleView[];

  @ApiProperty({ type: LongListPagination })
  readonly pagination: LongListPagination;
}
