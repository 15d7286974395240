import { ApiProperty } from '@nestjs/swagger';
import type { CurrentApiKey } from '../access/current-key.decorator';
import { KEY_TYPES, type KeyType } from '../access/key-type';
import { ChoiceField, IdField, TextField } from '../common/fields';
import { RequestExamples } from '../common/openapi/openapi';
import { IdProperty, TimeProperty } from '../common/openapi/openapi-fields';
import { Pagination } from '../common/pagination';
import type { ApiKey } from './api-key.entity';
import { shownPrefix } from './key-text';
import type { CreatedKey } from './key.service';

const BUCKET_ID = '507f1f77bcf86cd799439011';
const KEY_ID = '507f1f77bcf86cd799439013';
const CREATED_AT = '2024-01-15T10:05:00.000Z';
const NAME = { label: 'Key name', maxLength: 100, required: true };
const nameDocs = { description: 'Descriptive name for the key', example: 'Living Room Sensor' };

const keyPrefixDocs = {
  type: String,
  description: 'Enough to tell keys apart by',
  pattern: '^dakkio_[awr]_[0-9A-Za-z]{4}\\.{3}$',
  example: 'dakkio_w_abc1...',
};

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

@RequestExamples({
  'Create Write Key': { name: 'Living Room Sensor', type: 'write' },
  'Create Read Key': { name: 'Dashboard Reader', type: 'read' },
})
export class CreateBucketKeyBody {
  @TextField(NAME, nameDocs)
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
}

export class CreateAdminKeyBody {
  @TextField(NAME, { ...nameDocs, example: 'Ops laptop' })
  readonly name: string;

  @ChoiceField(
    { values: ['admin'], required: true, message: "Invalid key type. Must be 'admin'" },
    { description: 'An Admin key may do everything in the organization', example: 'admin' },
  )
  readonly type: 'admin';
}

/** A new key: the only reply that ever holds its text. */
export class NewKeyView {
  @IdProperty(KEY_ID)
  readonly _id: string;

  @ApiProperty({ type: String, maxLength: NAME.maxLength, example: 'Living Room Sensor' })
  readonly name: string;

  @ApiProperty({ enum: KEY_TYPES, example: 'write' })
  readonly type: KeyType;

  @ApiProperty({
    type: String,
    description: 'The full API key. Save it now: it is never shown again',
    pattern: '^dakkio_[awr]_[0-9A-Za-z]{36}$',
    example: 'dakkio_w_abc123def456ghi789jkl012mno345pqr678',
  })
  readonly key: string;

  @IdProperty(BUCKET_ID, { nullable: true, description: 'null for an Admin key' })
  readonly bucketId: string | null;

  @TimeProperty(CREATED_AT)
  readonly createdAt: string;

  constructor({ apiKey, key }: CreatedKey) {
    this._id = apiKey.id;
    this.name = apiKey.name;
    this.type = apiKey.type;
    this.key = key;
    this.bucketId = apiKey.bucketId;
    this.createdAt = new Date(apiKey.createdAt).toISOString();
  }
}

export class KeyCreated {
  @ApiProperty({ type: String, example: 'API key created successfully' })
  readonly message: string;

  @ApiProperty({ type: NewKeyView })
  readonly apiKey: NewKeyView;
}

/** A key as lists show it. */
export class KeyView {
  @IdProperty(KEY_ID)
  readonly _id: string;

  @ApiProperty({ type: String, maxLength: NAME.maxLength, example: 'Living Room Sensor' })
  readonly name: string;

  @ApiProperty({ enum: KEY_TYPES, example: 'write' })
  readonly type: KeyType;

  @ApiProperty(keyPrefixDocs)
  readonly keyPrefix: string;

  @IdProperty(BUCKET_ID, { nullable: true, description: 'null for an Admin key' })
  readonly bucketId: string | null;

  @TimeProperty(CREATED_AT)
  readonly createdAt: string;

  @TimeProperty('2024-01-15T11:30:00.000Z', {
    nullable: true,
    description: 'Within a minute of the truth; null before the first use',
  })
  readonly lastUsedAt: string | null;

  constructor(apiKey: ApiKey) {
    this._id = apiKey.id;
    this.name = apiKey.name;
    this.type = apiKey.type;
    this.keyPrefix = shownPrefix(apiKey.type, apiKey.hint);
    this.bucketId = apiKey.bucketId;
    this.createdAt = new Date(apiKey.createdAt).toISOString();
    this.lastUsedAt = apiKey.lastUsedAt === null ? null : new Date(apiKey.lastUsedAt).toISOString();
  }
}

export class KeyList {
  @ApiProperty({ type: [KeyView] })
  readonly apiKeys: KeyView[];

  @ApiProperty({ type: Pagination })
  readonly pagination: Pagination;

  constructor(apiKeys: readonly ApiKey[], pagination: Pagination) {
    this.apiKeys = apiKeys.map((apiKey) => new KeyView(apiKey));
    this.pagination = pagination;
  }
}

export class KeyReply {
  @ApiProperty({ type: KeyView })
  readonly apiKey: KeyView;
}

/** The key that the request came with. */
export class SelfView {
  @IdProperty(KEY_ID)
  readonly _id: string;

  @ApiProperty({ type: String, maxLength: NAME.maxLength, example: 'Living Room Sensor' })
  readonly name: string;

  @ApiProperty({ enum: KEY_TYPES, example: 'write' })
  readonly type: KeyType;

  @ApiProperty(keyPrefixDocs)
  readonly keyPrefix: string;

  @IdProperty(BUCKET_ID, { nullable: true, description: 'null for an Admin key' })
  readonly bucketId: string | null;

  @IdProperty('507f1f77bcf86cd799439010')
  readonly organizationId: string;

  @TimeProperty(CREATED_AT)
  readonly createdAt: string;

  constructor(key: CurrentApiKey) {
    this._id = key.id;
    this.name = key.name;
    this.type = key.type;
    this.keyPrefix = shownPrefix(key.type, key.hint);
    this.bucketId = key.bucketId;
    this.organizationId = key.organizationId;
    this.createdAt = new Date(key.createdAt).toISOString();
  }
}

export class SelfReply {
  @ApiProperty({ type: SelfView })
  readonly apiKey: SelfView;
}

export class DeletedKeyView {
  @IdProperty(KEY_ID)
  readonly _id: string;

  @ApiProperty({ type: String, maxLength: NAME.maxLength, example: 'Living Room Sensor' })
  readonly name: string;

  @ApiProperty({ enum: KEY_TYPES, example: 'write' })
  readonly type: KeyType;

  constructor({ id, name, type }: ApiKey) {
    this._id = id;
    this.name = name;
    this.type = type;
  }
}

export class KeyDeleted {
  @ApiProperty({ type: String, example: 'API key deleted successfully' })
  readonly message: string;

  @ApiProperty({ type: DeletedKeyView })
  readonly deletedKey: DeletedKeyView;
}

const ADMIN = { _id: KEY_ID, name: 'Ops laptop', type: 'admin', bucketId: null, createdAt: CREATED_AT };

/** Replies about Admin keys, as the document shows them. */
export const ADMIN_KEY_EXAMPLES = {
  created: {
    message: 'API key created successfully',
    apiKey: { ...ADMIN, key: 'dakkio_a_abc123def456ghi789jkl012mno345pqr678' },
  },
  list: {
    apiKeys: [{ ...ADMIN, keyPrefix: 'dakkio_a_abc1...', lastUsedAt: '2024-01-15T11:30:00.000Z' }],
    pagination: { limit: 100, offset: 0, total: 1, hasMore: false },
  },
  deleted: {
    message: 'API key deleted successfully',
    deletedKey: { _id: KEY_ID, name: 'Ops laptop', type: 'admin' },
  },
} as const;
