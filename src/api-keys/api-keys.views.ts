import { ApiProperty, ApiPropertyOptional, IntersectionType, type ApiPropertyOptions } from '@nestjs/swagger';
import type { CurrentApiKey } from '../access/current-key.decorator';
import { KEY_TYPES, type KeyType } from '../access/key-type';
import { mapped } from '../common/http/paced-answer';
import { IdProperty, TimeProperty } from '../common/openapi/openapi-fields';
import { Pagination } from '../common/pagination';
import type { Quota, RateLimit } from '../common/rate-limit';
import type { ApiKey } from './api-key.entity';
import { boundsOf } from './key-changes';
import type { Rotated } from './key-rotation';
import { shownPrefix } from './key-text';
import type { CreatedKey } from './key.service';
import type { LineChange } from './line-changes';
import { isoTime } from '../common/times';

export const BUCKET_ID = '507f1f77bcf86cd799439011';
export const KEY_ID = '507f1f77bcf86cd799439013';
const OTHER_KEY_ID = '507f1f77bcf86cd799439015';
const CREATED_AT = '2024-01-15T10:05:00.000Z';
const EXPIRES_AT = '2024-01-16T10:05:00.000Z';
const KEY_TEXT = 'dakkio_w_abc123def456ghi789jkl012mno345pqr678';

const nameDocs = { type: String, maxLength: 100, example: 'Living Room Sensor' };
const keyDocs = {
  type: String,
  description: 'The full API key. Save it now: it is never shown again',
  pattern: '^dakkio_[awr]_[0-9A-Za-z]{36}$',
  example: KEY_TEXT,
};
const keyPrefixDocs = {
  type: String,
  description: 'Enough to tell keys apart by',
  pattern: '^dakkio_[awr]_[0-9A-Za-z]{4}\\.{3}$',
  example: 'dakkio_w_abc1...',
};
const writeOnlyDocs = 'A Write key that ingests and creates data sources, and does nothing else';
const bucketIdDocs = { nullable: true, description: 'null for an Admin key' };

export class RateLimitView {
  @ApiProperty({ type: 'integer', description: 'Requests', example: 600 })
  readonly limit: number;

  @ApiProperty({ type: 'integer', description: 'Seconds in which the whole allowance comes back', example: 60 })
  readonly windowSeconds: number;
}

export class QuotaView {
  @ApiProperty({ type: 'integer', description: 'Requests', example: 100_000 })
  readonly limit: number;

  @ApiProperty({ enum: ['day', 'month'], example: 'day' })
  readonly per: 'day' | 'month';
}

/** What a key is held to, and where it stands in a rotation: each field is there only when it is set. */
export class KeyBoundsView {
  @TimeProperty(EXPIRES_AT, { required: false, description: 'From this moment on it is refused' })
  readonly expiresAt?: string;

  @ApiPropertyOptional({ type: [String], example: ['10.0.0.0/8'] })
  readonly allowedIps?: string[];

  @IdProperty('507f1f77bcf86cd799439014', { required: false })
  readonly dataSourceId?: string;

  @ApiPropertyOptional({ type: RateLimitView })
  readonly rateLimit?: RateLimit;

  @ApiPropertyOptional({ type: QuotaView })
  readonly quota?: Quota;

  @ApiPropertyOptional({ type: Boolean, description: writeOnlyDocs, example: true })
  readonly writeOnly?: true;

  @ApiPropertyOptional({
    type: Boolean,
    description: 'There, and false, only for a key that may not rotate itself',
    example: false,
  })
  readonly selfRotation?: false;

  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' }, example: { room: 'kitchen' } })
  readonly metadata?: Readonly<Record<string, string>>;

  @IdProperty(OTHER_KEY_ID, { required: false, description: 'The key that it was made to replace' })
  readonly replaces?: string;

  @IdProperty(OTHER_KEY_ID, { required: false, description: 'The key that was made to replace it' })
  readonly replacedBy?: string;
}

function boundsShown(apiKey: ApiKey): KeyBoundsView {
  const { replaces, replacedBy } = apiKey;
  return { ...boundsOf(apiKey), ...(replaces !== null && { replaces }), ...(replacedBy !== null && { replacedBy }) };
}

/** What every view of a key begins with. */
class KeyIdentity {
  @IdProperty(KEY_ID)
  readonly _id: string;

  @ApiProperty(nameDocs)
  readonly name: string;

  @ApiProperty({ enum: KEY_TYPES, example: 'write' })
  readonly type: KeyType;
}

class NewKeyBasics extends KeyIdentity {
  @ApiProperty(keyDocs)
  readonly key: string;

  @IdProperty(BUCKET_ID, bucketIdDocs)
  readonly bucketId: string | null;

  @TimeProperty(CREATED_AT)
  readonly createdAt: string;

  @ApiPropertyOptional({ type: Boolean, description: 'There, and false, only for a disabled key', example: false })
  readonly enabled?: boolean;
}

/** A new key: the only reply that ever holds its text. */
export class NewKeyView extends IntersectionType(NewKeyBasics, KeyBoundsView) {
  constructor({ apiKey, key }: CreatedKey) {
    super();
    const { id, name, type, bucketId, createdAt, disabledAt } = apiKey;
    const enabled = disabledAt === null ? {} : { enabled: false };
    const basics = { _id: id, name, type, key, bucketId, createdAt: isoTime(createdAt), ...enabled };
    Object.assign(this, basics, boundsShown(apiKey));
  }
}

class KeyBasics extends KeyIdentity {
  @ApiProperty(keyPrefixDocs)
  readonly keyPrefix: string;

  @IdProperty(BUCKET_ID, bucketIdDocs)
  readonly bucketId: string | null;

  @TimeProperty(CREATED_AT)
  readonly createdAt: string;

  @TimeProperty('2024-01-15T11:30:00.000Z', {
    nullable: true,
    description: 'Within a minute of the truth; null before the first use',
  })
  readonly lastUsedAt: string | null;

  @ApiPropertyOptional({ type: Boolean, description: 'In lists, only for a disabled key', example: true })
  readonly enabled?: boolean;
}

/** A key as it is shown ever after. In lists `enabled` is there only where it is false. */
export class KeyView extends IntersectionType(KeyBasics, KeyBoundsView) {
  constructor(apiKey: ApiKey, { inList = false } = {}) {
    super();
    const { id, name, type, hint, bucketId, createdAt, lastUsedAt, disabledAt } = apiKey;
    const basics: KeyBasics = {
      _id: id,
      name,
      type,
      keyPrefix: shownPrefix(type, hint),
      bucketId,
      createdAt: isoTime(createdAt),
      lastUsedAt: lastUsedAt === null ? null : isoTime(lastUsedAt),
    };
    const enabled = disabledAt === null;
    Object.assign(this, basics, !(inList && enabled) && { enabled }, boundsShown(apiKey));
  }
}

export class KeyCreated {
  @ApiProperty({ type: String, example: 'API key created successfully' })
  readonly message: string;

  @ApiProperty({ type: NewKeyView })
  readonly apiKey: NewKeyView;
}

export class KeysCreated {
  @ApiProperty({ type: String, example: 'API keys created successfully' })
  readonly message: string;

  @ApiProperty({ type: [NewKeyView] })
  readonly apiKeys: NewKeyView[];
}

export class KeyList {
  @ApiProperty({ type: [KeyView] })
  readonly apiKeys: Iterable<KeyView>;

  @ApiProperty({ type: Pagination })
  readonly pagination: Pagination;

  constructor(apiKeys: readonly ApiKey[], pagination: Pagination) {
    this.apiKeys = mapped(apiKeys, (apiKey) => new KeyView(apiKey, { inList: true }));
    this.pagination = pagination;
  }
}

export class KeyReply {
  @ApiProperty({ type: KeyView })
  readonly apiKey: KeyView;
}

/** A living key that another one was rotated into. */
export class DescendantView {
  @IdProperty(OTHER_KEY_ID)
  readonly _id: string;

  @ApiProperty(nameDocs)
  readonly name: string;

  @ApiProperty({
    enum: ['admin', 'self'],
    description: 'Whether an Admin key or the operator made it, or the key that it replaces',
    example: 'self',
  })
  readonly madeBy: 'admin' | 'self';
}

const descendantsDocs: ApiPropertyOptions = {
  type: [DescendantView],
  required: false,
  description:
    'The living keys that it was rotated into, oldest first; only where there are any. With `line=true` the same was done ' +
    'to them, otherwise they are as they were',
};

function descendantsShown({ descendants }: LineChange): { readonly descendants?: DescendantView[] } {
  if (descendants.length === 0) return {};
  return { descendants: descendants.map(({ id, name, madeBy }) => ({ _id: id, name, madeBy: madeBy ?? 'admin' })) };
}

export class KeyUpdated {
  @ApiProperty({ type: String, example: 'API key updated successfully' })
  readonly message: string;

  @ApiProperty({ type: KeyView })
  readonly apiKey: KeyView;

  @ApiProperty(descendantsDocs)
  readonly descendants?: DescendantView[];

  constructor(change: LineChange) {
    this.message = 'API key updated successfully';
    this.apiKey = new KeyView(change.apiKey);
    Object.assign(this, descendantsShown(change));
  }
}

/** The key that was rotated, and when it dies. */
export class ReplacedKeyView {
  @IdProperty(OTHER_KEY_ID)
  readonly _id: string;

  @TimeProperty(EXPIRES_AT)
  readonly expiresAt: string;
}

export class KeyRotated {
  @ApiProperty({ type: String, example: 'API key rotated successfully' })
  readonly message: string;

  @ApiProperty({ type: NewKeyView })
  readonly apiKey: NewKeyView;

  @ApiProperty({ type: ReplacedKeyView })
  readonly replaces: ReplacedKeyView;

  constructor(rotated: Rotated) {
    this.message = 'API key rotated successfully';
    this.apiKey = new NewKeyView(rotated);
    this.replaces = { _id: rotated.old.id, expiresAt: isoTime(rotated.old.expiresAt) };
  }
}

/** The key that the request came with, and what it is restricted to. */
export class SelfView extends KeyIdentity {
  @ApiProperty(keyPrefixDocs)
  readonly keyPrefix: string;

  @IdProperty(BUCKET_ID, bucketIdDocs)
  readonly bucketId: string | null;

  @ApiPropertyOptional({ type: String, description: 'Not for an Admin key', example: 'Greenhouse' })
  readonly bucketName?: string;

  @IdProperty('507f1f77bcf86cd799439010')
  readonly organizationId: string;

  @TimeProperty(CREATED_AT)
  readonly createdAt: string;

  @TimeProperty(EXPIRES_AT, { required: false, description: 'From this moment on it is refused' })
  readonly expiresAt?: string;

  @ApiPropertyOptional({ type: [String], example: ['10.0.0.0/8'] })
  readonly allowedIps?: string[];

  @IdProperty('507f1f77bcf86cd799439014', { required: false, description: 'The only data source that it reaches' })
  readonly dataSourceId?: string;

  @ApiPropertyOptional({ type: RateLimitView, description: 'Its own, or the default for its type' })
  readonly rateLimit?: RateLimit;

  @ApiPropertyOptional({ type: QuotaView })
  readonly quota?: Quota;

  @ApiPropertyOptional({ type: Boolean, description: writeOnlyDocs, example: true })
  readonly writeOnly?: true;

  constructor(key: CurrentApiKey, bucketName: string | undefined) {
    super();
    const { id, name, type, expiresAt, allowedIps, dataSourceId, rateLimit, quota } = key;
    Object.assign(this, { _id: id, name, type });
    this.keyPrefix = shownPrefix(type, key.hint);
    this.bucketId = key.bucketId;
    if (bucketName !== undefined) this.bucketName = bucketName;
    this.organizationId = key.organizationId;
    this.createdAt = isoTime(key.createdAt);
    if (expiresAt !== null) this.expiresAt = isoTime(expiresAt);
    if (allowedIps !== null) this.allowedIps = allowedIps.split(',');
    if (dataSourceId !== null) this.dataSourceId = dataSourceId;
    if (rateLimit) this.rateLimit = rateLimit;
    if (quota) this.quota = quota;
    if (key.writeOnly) this.writeOnly = true;
  }
}

export class SelfReply {
  @ApiProperty({ type: SelfView })
  readonly apiKey: SelfView;
}

export class DeletedKeyView extends KeyIdentity {
  constructor({ id, name, type }: ApiKey) {
    super();
    Object.assign(this, { _id: id, name, type });
  }
}

export class KeyDeleted {
  @ApiProperty({ type: String, example: 'API key deleted successfully' })
  readonly message: string;

  @ApiProperty({ type: DeletedKeyView })
  readonly deletedKey: DeletedKeyView;

  @ApiProperty(descendantsDocs)
  readonly descendants?: DescendantView[];

  constructor(change: LineChange) {
    this.message = 'API key deleted successfully';
    this.deletedKey = new DeletedKeyView(change.apiKey);
    Object.assign(this, descendantsShown(change));
  }
}

const BUCKET_KEY = { _id: KEY_ID, name: 'Living Room Sensor', type: 'write' };
const ADMIN_KEY = { _id: KEY_ID, name: 'Ops laptop', type: 'admin' };
const PAGINATION = { limit: 100, offset: 0, total: 1, hasMore: false };

/** Replies as the document shows them: of a key that is held to nothing, since no key is held to everything. */
export const BUCKET_KEY_EXAMPLES = examplesFor(BUCKET_KEY, BUCKET_ID, KEY_TEXT, 'dakkio_w_abc1...');
export const ADMIN_KEY_EXAMPLES = examplesFor(ADMIN_KEY, null, KEY_TEXT.replace('_w_', '_a_'), 'dakkio_a_abc1...');

function examplesFor(who: object, bucketId: string | null, key: string, keyPrefix: string) {
  const created = { ...who, key, bucketId, createdAt: CREATED_AT };
  const shown = { ...who, keyPrefix, bucketId, createdAt: CREATED_AT, lastUsedAt: '2024-01-15T11:30:00.000Z' };
  const bounded = { ...shown, enabled: true, expiresAt: EXPIRES_AT };
  return {
    created: { message: 'API key created successfully', apiKey: created },
    createdMany: { message: 'API keys created successfully', apiKeys: [created] },
    list: { apiKeys: [shown], pagination: PAGINATION },
    one: { apiKey: bounded },
    updated: { message: 'API key updated successfully', apiKey: bounded },
    rotated: {
      message: 'API key rotated successfully',
      apiKey: { ...created, replaces: OTHER_KEY_ID },
      replaces: { _id: OTHER_KEY_ID, expiresAt: EXPIRES_AT },
    },
    deleted: { message: 'API key deleted successfully', deletedKey: who },
  };
}
