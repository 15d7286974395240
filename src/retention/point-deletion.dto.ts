import { MessageReply } from '../common/openapi/message-reply';
import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { IdField } from '../common/validation/fields';
import { RequestExamples } from '../common/openapi/openapi';
import { CountProperty } from '../common/openapi/openapi-fields';
import { EndTimeField, StartTimeField } from '../points/time-fields';

@RequestExamples({
  'A day of one data source': {
    bucketId: EXAMPLE_IDS.bucket,
    dataSourceId: EXAMPLE_IDS.dataSource,
    startTime: '2024-01-15T00:00:00.000Z',
    endTime: '2024-01-16T00:00:00.000Z',
  },
})
export class RemoveBody {
  @IdField('bucket ID', EXAMPLE_IDS.bucket)
  readonly bucketId: string;

  @IdField('data source ID', EXAMPLE_IDS.dataSource, { required: false, description: 'Only points of this one' })
  readonly dataSourceId?: string;

  @StartTimeField()
  readonly startTime: number;

  @EndTimeField()
  readonly endTime: number;
}

export class DataRemoved extends MessageReply('Data deleted successfully') {
  @CountProperty(1440)
  readonly deletedCount: number;
}
