import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { ApiProperty } from '@nestjs/swagger';
import { IdProperty } from '../common/openapi/openapi-fields';
import { isoTime } from '../common/times';

/** An id with a name. */
export class BucketNameView {
  @IdProperty(EXAMPLE_IDS.bucket)
  readonly _id: string;

  @ApiProperty({ type: String, example: 'Greenhouse' })
  readonly name: string;
}

/** A time in milliseconds, as the API returns it. */
export function timeOrNull(millis: number | null): string | null {
  return millis === null ? null : isoTime(millis);
}
