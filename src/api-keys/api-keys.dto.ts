import { ApiPropertyOptional } from '@nestjs/swagger';
import { ValidationError } from '../common/errors';
import {
  AddressesField,
  BooleanField,
  CheckedBy,
  ChoiceField,
  FutureTimeField,
  IdField,
  ListField,
  MetadataField,
  ObjectField,
  QueryNumberField,
  TextField,
  WholeNumberField,
} from '../common/fields';
import { BulkBody } from '../common/http/bulk-body';
import { FromCsv } from '../common/http/csv-body';
import { OptionalBody } from '../common/http/optional-body';
import { RequestExamples } from '../common/openapi/openapi';
import { PageQuery } from '../common/pagination';
import { QUOTA_BOUNDS, RATE_LIMIT_BOUNDS } from '../common/rate-limit';
import { RETIRE_NEEDS_GRACE, WRITE_ONLY_FOR_WRITE_KEYS } from './api-keys.errors';
import { BUCKET_ID, KEY_ID } from './api-keys.views';
import type { RotationWish } from './key-rotation';
import type { NewKey } from './new-key';

export const NAME = { label: 'Key name', maxLength: 100 };
const MOST_KEYS = 500;
const DAY_SECONDS = 86_400;

const docs = {
  name: { description: 'Descriptive name for the key', example: 'Living Room Sensor' },
  expiresAt: {
    description: 'From this moment on the key is refused: RFC 3339 with an offset, in the future',
    example: '2030-01-31T12:00:00.000Z',
  },
  enabled: { description: 'Whether the key opens at all. A disabled one may be enabled again', example: true },
  allowedIps: {
    description: 'Addresses and CIDR ranges that the key may be used from; from everywhere else: 403',
    example: ['192.168.1.20', '10.0.0.0/8'],
  },
  rateLimit: {
    description: 'How many requests the key may send in how many seconds: over it, 429 with `Retry-After`',
  },
  quota: { description: 'How many requests the key may send in each day or month of UTC: over it, 429' },
  metadata: {
    description: 'Whatever you want to know of the key: up to 20 texts, 2 KB in all',
    example: { room: 'living room', firmware: '1.4.2' },
  },
  selfRotation: {
    description:
      'Whether the key may rotate itself. `false` is for a key that several devices share. It stays so for ever, for what it is rotated into too',
    default: true,
    example: false,
  },
};
const bounds = {
  expiresAt: { label: 'expiresAt' },
  enabled: { label: 'enabled' },
  allowedIps: { label: 'allowedIps', most: 32 },
  rateLimit: { label: 'rateLimit' },
  quota: { label: 'quota' },
  metadata: { label: 'metadata' },
  selfRotation: { label: 'selfRotation' },
};
const [leastRequests, mostRequests] = RATE_LIMIT_BOUNDS.limit;
const [leastSeconds, mostSeconds] = RATE_LIMIT_BOUNDS.windowSeconds;
const [leastQuota, mostQuota] = QUOTA_BOUNDS.limit;

export class RateLimitFields {
  @WholeNumberField(
    { label: 'rateLimit.limit', least: leastRequests, most: mostRequests, required: true },
    { description: 'Requests', example: 600 },
  )
  readonly limit: number;

  @WholeNumberField(
    { label: 'rateLimit.windowSeconds', least: leastSeconds, most: mostSeconds, required: true },
    { description: 'Seconds in which the whole allowance comes back', example: 60 },
  )
  readonly windowSeconds: number;
}

export class QuotaFields {
  @WholeNumberField(
    { label: 'quota.limit', least: leastQuota, most: mostQuota, required: true },
    { description: 'Requests', example: 100_000 },
  )
  readonly limit: number;

  @ChoiceField(
    { values: ['day', 'month'], required: true, message: "quota.per must be 'day' or 'month'" },
    { description: 'A calendar day or month of UTC', example: 'day' },
  )
  readonly per: 'day' | 'month';
}

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

export class KeysQuery extends PageQuery {
  @QueryNumberField(
    { label: 'unusedForDays', least: 1, most: 3650 },
    { description: 'Only keys that were neither made nor used for this many days', example: 30 },
  )
  readonly unusedForDays?: number;

  /** The moment that it means, in milliseconds since 1970. */
  get unusedSince(): number | undefined {
    return this.unusedForDays === undefined ? undefined : Date.now() - this.unusedForDays * DAY_SECONDS * 1000;
  }
}

@RequestExamples({
  'Create Write Key': { name: 'Living Room Sensor', type: 'write' },
  'Create Read Key': { name: 'Dashboard Reader', type: 'read' },
  'Create a key with guard rails': {
    name: 'Contractor dashboard',
    type: 'read',
    expiresAt: docs.expiresAt.example,
    allowedIps: docs.allowedIps.example,
    rateLimit: { limit: 600, windowSeconds: 60 },
  },
})
export class CreateBucketKeyBody {
  @TextField({ ...NAME, required: true }, docs.name)
  readonly name: string;

  @ChoiceField(
    { values: ['write', 'read'], required: true, message: "Invalid key type. Must be 'write' or 'read'" },
    {
      description:
        'Key type: `write` ingests data, creates data sources and manages alerts; `read` queries data and views analytics',
      example: 'write',
    },
  )
  readonly type: 'write' | 'read';

  @FutureTimeField(bounds.expiresAt, docs.expiresAt)
  readonly expiresAt?: number;

  @AddressesField(bounds.allowedIps, docs.allowedIps)
  readonly allowedIps?: readonly string[];

  @IdField('data source ID', '507f1f77bcf86cd799439014', {
    required: false,
    description: 'The only data source of the bucket that the key reaches. It cannot be changed later',
  })
  readonly dataSourceId?: string;

  @ObjectField(RateLimitFields, bounds.rateLimit, docs.rateLimit)
  readonly rateLimit?: RateLimitFields;

  @BooleanField(
    { label: 'writeOnly' },
    {
      description:
        'Whether a Write key ingests and creates data sources, and does nothing else. It cannot be changed later',
      example: false,
    },
  )
  readonly writeOnly?: boolean;

  @MetadataField(bounds.metadata, docs.metadata)
  readonly metadata?: Readonly<Record<string, string>>;

  @BooleanField(bounds.enabled, docs.enabled)
  readonly enabled?: boolean;

  @ObjectField(QuotaFields, bounds.quota, docs.quota)
  readonly quota?: QuotaFields;

  @BooleanField(bounds.selfRotation, docs.selfRotation)
  readonly selfRotation?: boolean;
}

export class CreateAdminKeyBody {
  @TextField({ ...NAME, required: true }, { ...docs.name, example: 'Ops laptop' })
  readonly name: string;

  @ChoiceField(
    { values: ['admin'], required: true, message: "Invalid key type. Must be 'admin'" },
    { description: 'An Admin key may do everything in the organization', example: 'admin' },
  )
  readonly type: 'admin';

  @FutureTimeField(bounds.expiresAt, docs.expiresAt)
  readonly expiresAt?: number;

  @AddressesField(bounds.allowedIps, docs.allowedIps)
  readonly allowedIps?: readonly string[];

  @ObjectField(RateLimitFields, bounds.rateLimit, docs.rateLimit)
  readonly rateLimit?: RateLimitFields;

  @MetadataField(bounds.metadata, docs.metadata)
  readonly metadata?: Readonly<Record<string, string>>;

  @BooleanField(bounds.enabled, docs.enabled)
  readonly enabled?: boolean;

  @ObjectField(QuotaFields, bounds.quota, docs.quota)
  readonly quota?: QuotaFields;

  @BooleanField(bounds.selfRotation, docs.selfRotation)
  readonly selfRotation?: boolean;
}

/** Many keys at once, as JSON or as CSV with the columns `name` and `type`. */
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
@FromCsv({ columns: ['name', 'type'], field: 'keys' })
export class CreateManyKeysBody {
  @ListField(
    CreateBucketKeyBody,
    { label: 'keys', least: 1, most: MOST_KEYS, itemLabel: 'key' },
    { description: 'The keys to make: all of them or none' },
  )
  readonly keys: readonly CreateBucketKeyBody[];
}

@RequestExamples({
  'Disable a key': { enabled: false },
  'Take its expiry away': { expiresAt: null },
  'Let it be used from one network': { allowedIps: ['10.0.0.0/8'] },
})
export class UpdateKeyBody {
  @TextField({ ...NAME, required: false }, docs.name)
  readonly name?: string;

  @BooleanField(bounds.enabled, docs.enabled)
  readonly enabled?: boolean;

  @FutureTimeField({ ...bounds.expiresAt, clearable: true }, docs.expiresAt)
  readonly expiresAt?: number | null;

  @AddressesField({ ...bounds.allowedIps, clearable: true }, docs.allowedIps)
  readonly allowedIps?: readonly string[] | null;

  @ObjectField(RateLimitFields, { ...bounds.rateLimit, clearable: true }, docs.rateLimit)
  readonly rateLimit?: RateLimitFields | null;

  @ObjectField(QuotaFields, { ...bounds.quota, clearable: true }, docs.quota)
  readonly quota?: QuotaFields | null;

  @MetadataField({ ...bounds.metadata, clearable: true }, docs.metadata)
  readonly metadata?: Readonly<Record<string, string>> | null;
}

const LINE_SAID = 'line must be true or false';

/** Whether the same is done to what a key was rotated into. */
export class LineQuery {
  @ApiPropertyOptional({
    type: Boolean,
    description: 'Whether the same is done to all living keys that this key was rotated into',
    default: false,
  })
  @CheckedBy({
    check: (value) => (value === undefined || typeof value === 'boolean' ? undefined : LINE_SAID),
    sentences: [LINE_SAID],
    normalise: (value) => (value === 'true' ? true : value === 'false' ? false : value),
  })
  readonly line?: boolean;
}

@OptionalBody()
@RequestExamples({
  'Give the fleet a day': { gracePeriodSeconds: DAY_SECONDS },
  'End the old key when the new one is used': { retireOnFirstUse: true },
  'End the old key at once': { gracePeriodSeconds: 0 },
})
export class RotateKeyBody {
  @WholeNumberField(
    { label: 'gracePeriodSeconds', least: 0, most: 30 * DAY_SECONDS },
    { description: 'How long the old key lives on', default: DAY_SECONDS, example: DAY_SECONDS },
  )
  readonly gracePeriodSeconds?: number;

  @BooleanField(
    { label: 'retireOnFirstUse' },
    { description: 'Whether the old key dies as soon as the new one is used', default: false, example: true },
  )
  readonly retireOnFirstUse?: boolean;
}

/** @throws ValidationError where two fields contradict each other */
export function toNewKey(body: CreateBucketKeyBody, path: readonly (string | number)[] = ['body']): NewKey {
  if (body.writeOnly && body.type !== 'write')
    throw new ValidationError([{ path: [...path, 'writeOnly'], message: WRITE_ONLY_FOR_WRITE_KEYS.message }]);
  return body;
}

/** @throws ValidationError where two fields contradict each other */
export function toWish(body: RotateKeyBody): RotationWish {
  const { gracePeriodSeconds = DAY_SECONDS, retireOnFirstUse = false } = body;
  if (retireOnFirstUse && gracePeriodSeconds === 0)
    throw new ValidationError([{ path: ['body', 'retireOnFirstUse'], message: RETIRE_NEEDS_GRACE.message }]);
  return { gracePeriodSeconds, retireOnFirstUse };
}
