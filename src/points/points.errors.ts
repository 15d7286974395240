import { refusal } from '../common/errors';

export const METADATA_INVALID = refusal(
  400,
  'invalid_field',
  'metadata must be an object of up to 20 strings, numbers, booleans or nulls',
);
export const METADATA_FULL_SOURCE = refusal(
  409,
  'metadata_limit_reached',
  'A data source can have <most> distinct metadata, and this one has them all. Use metadata that it has, or delete points with metadata that you no longer need',
);
export const METADATA_FULL_BUCKET = refusal(
  409,
  'metadata_limit_reached',
  'The data sources of a bucket can have <most> distinct metadata together, and these have them all. Use metadata that they have, or delete points with metadata that you no longer need',
);
export const METADATA_FULL_KEY = refusal(
  409,
  'metadata_limit_reached',
  'An API key can create <most> distinct metadata in its bucket, and this one has created them all. Use metadata that the data source has, or another key',
);
