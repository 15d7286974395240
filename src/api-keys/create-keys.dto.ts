import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { problemOf, ValidationError } from '../common/errors';
import {
  AddressesField,
  BooleanField,
  ChoiceField,
  FutureTimeField,
  IdField,
  ListField,
  MetadataField,
  ObjectField,
  TextField,
} from '../common/validation/fields';
import { BulkBody } from '../common/http/bulk-body';
import { FromCsv } from '../common/http/csv-body';
import { RequestExamples } from '../common/openapi/openapi';
import { WRITE_ONLY_FOR_WRITE_KEYS } from './api-keys.errors';
import { KEY_COLUMNS } from './key-columns';
import { keyBounds, keyDocs, NAME, QuotaFields, RateLimitFields } from './key-fields';
import type { NewKey } from './new-key';

const MAX_KEYS = 500;

@RequestExamples({
  'Create Write Key': { name: 'Living Room Sensor', type: 'write' },
  'Create Read Key': { name: 'Dashboard Reader', type: 'read' },
  'Create a restricted key': {
    name: 'Contractor dashboard',
    type: 'read',
    expiresAt: keyDocs.expiresAt.example,
    allowedIps: keyDocs.allowedIps.example,
    rateLimit: { limit: 600, windowSeconds: 60 },
  },
})
export class CreateBucketKeyBody {
  @TextField({ ...NAME, required: true }, keyDocs.name)
  readonly name: string;

  @ChoiceField(
    {
      values: ['write', 'read'],
      required: true,
      message: "Invalid key type. Must be 'write' or 'read'",
      hasHint: false,
    },
    {
      description:
        'Key type: `write` ingests data, creates data sources and manages alerts; `read` queries data and views analytics',
      example: 'write',
    },
  )
  readonly type: 'write' | 'read';

  @FutureTimeField(keyBounds.expiresAt, keyDocs.expiresAt)
  readonly expiresAt?: number;

  @AddressesField(keyBounds.allowedIps, keyDocs.allowedIps)
  readonly allowedIps?: readonly string[];

  @IdField('data source ID', EXAMPLE_IDS.dataSource, {
    required: false,
    description: 'The only data source of the bucket that the key can access. It cannot be changed later',
  })
  readonly dataSourceId?: string;

  @ObjectField(RateLimitFields, keyBounds.rateLimit, keyDocs.rateLimit)
  readonly rateLimit?: RateLimitFields;

  @BooleanField(
    { label: 'writeOnly' },
    {
      description: 'Whether a Write key can only ingest data and create data sources. It cannot be changed later',
      example: false,
    },
  )
  readonly writeOnly?: boolean;

  @MetadataField(keyBounds.metadata, keyDocs.metadata)
  readonly metadata?: Readonly<Record<string, string>>;

  @BooleanField(keyBounds.enabled, keyDocs.enabled)
  readonly enabled?: boolean;

  @ObjectField(QuotaFields, keyBounds.quota, keyDocs.quota)
  readonly quota?: QuotaFields;

  @BooleanField(keyBounds.selfRotation, keyDocs.selfRotation)
  readonly selfRotation?: boolean;
}

export class CreateAdminKeyBody {
  @TextField({ ...NAME, required: true }, { ...keyDocs.name, example: 'Ops laptop' })
  readonly name: string;

  @ChoiceField(
    { values: ['admin'], required: true, message: "Invalid key type. Must be 'admin'", hasHint: false },
    { description: 'An Admin key can do everything in the organization', example: 'admin' },
  )
  readonly type: 'admin';

  @FutureTimeField(keyBounds.expiresAt, keyDocs.expiresAt)
  readonly expiresAt?: number;

  @AddressesField(keyBounds.allowedIps, keyDocs.allowedIps)
  readonly allowedIps?: readonly string[];

  @ObjectField(RateLimitFields, keyBounds.rateLimit, keyDocs.rateLimit)
  readonly rateLimit?: RateLimitFields;

  @MetadataField(keyBounds.metadata, keyDocs.metadata)
  readonly metadata?: Readonly<Record<string, string>>;

  @BooleanField(keyBounds.enabled, keyDocs.enabled)
  readonly enabled?: boolean;

  @ObjectField(QuotaFields, keyBounds.quota, keyDocs.quota)
  readonly quota?: QuotaFields;

  @BooleanField(keyBounds.selfRotation, keyDocs.selfRotation)
  readonly selfRotation?: boolean;
}

/** Many keys at once, as JSON or as CSV with a column for each field. */
@RequestExamples({
  'Two sensors and a dashboard': {
    keys: [
      { name: 'ESP32-001 Living Room', type: 'write' },
      { name: 'ESP32-002 Kitchen', type: 'write' },
      { name: 'Grafana Dashboard', type: 'read' },
    ],
  },
})
@BulkBody()
@FromCsv({ columns: ['name', 'type'], optional: KEY_COLUMNS, field: 'keys' })
export class CreateManyKeysBody {
  @ListField(
    CreateBucketKeyBody,
    { label: 'keys', least: 1, most: MAX_KEYS, itemLabel: 'key' },
    { description: 'The keys to create: all of them or none' },
  )
  readonly keys: readonly CreateBucketKeyBody[];
}

/** @throws ValidationError where two fields contradict each other */
export function toNewKey(body: CreateBucketKeyBody, path: readonly (string | number)[] = ['body']): NewKey {
  if (body.writeOnly && body.type !== 'write')
    throw new ValidationError([problemOf(WRITE_ONLY_FOR_WRITE_KEYS, [...path, 'writeOnly'])]);
  return body;
}
