import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { IdField } from '../common/validation/fields';

/** The bucket in the path of a route. */
export class BucketPath {
  @IdField('bucket ID', EXAMPLE_IDS.bucket)
  readonly bucketId: string;
}
