import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { IdField } from '../common/validation/fields';
import { BucketPath } from '../buckets/bucket-path.dto';

export class BucketKeyPath extends BucketPath {
  @IdField('API key ID', EXAMPLE_IDS.apiKey)
  readonly keyId: string;
}

export class OrganizationKeyPath {
  @IdField('API key ID', EXAMPLE_IDS.apiKey)
  readonly keyId: string;
}
