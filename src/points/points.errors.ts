import { refusal } from '../common/errors';

export const METADATA_INVALID = refusal(
  400,
  'metadata must be an object of up to 20 strings, numbers, booleans or nulls',
);
