import { ApiProperty } from '@nestjs/swagger';
import { IdField } from '../common/validation/fields';
import { RequestExamples } from '../common/openapi/openapi';
import { CountProperty } from '../common/openapi/openapi-fields';
import { SOURCE_ID } from '../sources/sources.dto';
import { BUCKET_ID } from '../points/point-docs';
import { EndTimeField, StartTimeField } from '../points/time-fields';

@RequestExamples({
  'A day of one data source': {
    bucketId: BUCKET_ID,
    dataSourceId: SOURCE_ID,
    startTime: '2024-01-15T00:00:00.000Z',
    endTime: '2024-01-16T00:00:00.000Z',
  },
})
export class RemoveBody {
  @IdField('bucket ID', BUCKET_ID)
  readonly bucketId: string;

  @IdField('data source ID', SOURCE_ID, { required: false, description: 'Only points of this one' })
  readonly dataSourceId?: string;

  @StartTimeField()
  readonly startTime: number;

  @EndTimeField()
  readonly endTime: number;
}

export class DataRemoved {
  @ApiProperty({ type: String, example: 'Data deleted successfully' })
  readonly message: string;

  @CountProperty(1440)
  readonly deletedCount: number;
}
