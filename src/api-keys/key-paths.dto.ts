import { IdField } from '../common/validation/fields';
import { BUCKET_ID, KEY_ID } from './key-view-fields';

export class BucketPath {
  @IdField('bucket ID', BUCKET_ID)
  readonly bucketId: string;
}

export class BucketKeyPath extends BucketPath {
  @IdField('API key ID', KEY_ID)
  readonly keyId: string;
}

export class OrganizationKeyPath {
  @IdField('API key ID', KEY_ID)
  readonly keyId: string;
}
