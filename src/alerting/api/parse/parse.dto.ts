import { ApiProperty } from '@nestjs/swagger';
import { EXAMPLE_IDS } from '../../../common/openapi/example-ids';
import { IdField, TextField } from '../../../common/validation/fields';
import { bucketDocs, sourceDocs } from '../../../points/point-docs';
import type { Schema } from '../../../sources/schema';
import type { Condition } from '../../conditions/condition';
import { normalForm } from '../../conditions/normal-form';
import { CONDITION, docs, parsedExample } from '../alert-fields';

export class ParseBody {
  @IdField('bucket ID', EXAMPLE_IDS.bucket, bucketDocs)
  readonly bucketId?: string;

  @IdField('data source ID', EXAMPLE_IDS.dataSource, sourceDocs)
  readonly dataSourceId?: string;

  @TextField({ ...CONDITION, required: true }, docs.condition)
  readonly condition: string;
}

export class ParseReply {
  @ApiProperty({ type: 'object', additionalProperties: true, example: parsedExample })
  readonly parsedCondition: Condition;

  @ApiProperty({
    type: String,
    description: 'The same condition in the usual words. It parses as the same `parsedCondition`',
    example: 'temperature is greater than 30 for 5 minutes',
  })
  readonly normalizedCondition: string;

  constructor(condition: Condition, schema: Schema) {
    this.parsedCondition = condition;
    this.normalizedCondition = normalForm(condition, schema);
  }
}
