import { ApiKey } from './api-keys/api-key.entity';
import { Bucket } from './buckets/bucket.entity';
import { Organization } from './organizations/organization.entity';

/** Every table, for TypeORM: the application, its writer and the command line know the same ones. */
export const ENTITIES = [Organization, Bucket, ApiKey];
