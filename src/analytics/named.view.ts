import { ApiProperty } from '@nestjs/swagger';
import { IdProperty } from '../common/openapi/openapi-fields';
import { isoTime } from '../common/times';

const BUCKET_ID = '507f1f77bcf86cd799439011';

/** The id and the name of what figures are about. */
export class BucketNameView {
  @IdProperty(BUCKET_ID)
  readonly _id: string;

  @ApiProperty({ type: String, example: 'Greenhouse' })
  readonly name: string;
}

/** A time in milliseconds as a client sees it. */
export function timeOrNull(millis: number | null): string | null {
  return millis === null ? null : isoTime(millis);
}
