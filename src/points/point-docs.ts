import { EXAMPLE_IDS } from '../common/openapi/example-ids';
/** Descriptions and examples of points for OpenAPI. */

export const POINT_ID = '018d0cc9ec00000001000001';

export const bucketDocs = { required: false, description: 'Not needed with an API key of a bucket' };
export const sourceDocs = {
  required: false,
  description: 'Not needed with an API key that is restricted to a data source',
};
export const pointExample = {
  dataSourceId: EXAMPLE_IDS.dataSource,
  values: { temperature: 21.5, humidity: 48 },
  timestamp: '2024-01-15T10:10:00.000Z',
  metadata: { device: 'esp32-7' },
};

export const valuesDocs = {
  type: 'object',
  additionalProperties: { oneOf: [{ type: 'number' }, { type: 'string' }, { type: 'boolean' }] },
  description: 'Values of fields of the data source, by name',
  example: pointExample.values,
};
export const timestampDocs = {
  oneOf: [{ type: 'string' }, { type: 'number', minimum: 0 }],
  description:
    'RFC 3339 with an offset, or milliseconds since 1970 as a number or as digits, unless `precision` sets another unit. ' +
    'Default: now',
  example: pointExample.timestamp,
};
export const metadataDocs = {
  type: 'object',
  additionalProperties: true,
  nullable: true,
  description:
    'Up to 20 strings, numbers or booleans. Points with the same timestamp and different metadata are different points',
  example: pointExample.metadata,
};
