import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { ApiProperty } from '@nestjs/swagger';
import { IdProperty } from '../common/openapi/openapi-fields';
import { isoTime } from '../common/times';

/** The id and the name of what figures are about. */
export class BucketNameView {
  @IdProperty(EXAMPLE_IDS.bucket)
  readonly _id: string;

  @ApiProperty({ type: String, example: 'Greenhouse' })
  readonly name: string;
}

/** A time in milliseconds as a client sees it. */
export function timeOrNull(millis: number | null): string | null {
  return millis === null ? null : isoTime(millis);
}
