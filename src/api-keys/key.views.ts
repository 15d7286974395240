import { MessageReply } from '../common/openapi/message-reply';
import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { mapped } from '../common/http/paced-answer';
import { IdProperty, TimeProperty } from '../common/openapi/openapi-fields';
import { Pagination } from '../common/pagination';
import { isoTime } from '../common/times';
import type { ApiKey } from './api-key.entity';
import { shownPrefix } from './key-text';
import {
  bucketIdDocs,
  boundsShown,
  CREATED_AT,
  KeyBoundsView,
  keyTextDocs,
  KeyIdentity,
  keyPrefixDocs,
} from './key-view-fields';
import type { CreatedKey } from './key.service';

class NewKeyBasics extends KeyIdentity {
  @ApiProperty(keyTextDocs)
  readonly key: string;

  @IdProperty(EXAMPLE_IDS.bucket, bucketIdDocs)
  readonly bucketId: string | null;

  @TimeProperty(CREATED_AT)
  readonly createdAt: string;

  @ApiPropertyOptional({ type: Boolean, description: 'false for a disabled key, otherwise left out', example: false })
  readonly enabled?: boolean;
}

/** A new key. No other reply contains the text of a key. */
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

  @IdProperty(EXAMPLE_IDS.bucket, bucketIdDocs)
  readonly bucketId: string | null;

  @TimeProperty(CREATED_AT)
  readonly createdAt: string;

  @TimeProperty('2024-01-15T11:30:00.000Z', {
    nullable: true,
    description: 'Accurate to a minute; null before the first use',
  })
  readonly lastUsedAt: string | null;

  @ApiPropertyOptional({ type: Boolean, description: 'In lists, only present for a disabled key', example: true })
  readonly enabled?: boolean;
}

/** A key without its text. In lists `enabled` is left out unless it is false. */
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

export class KeyCreated extends MessageReply('API key created successfully') {
  @ApiProperty({ type: NewKeyView })
  readonly apiKey: NewKeyView;
}

export class KeysCreated extends MessageReply('API keys created successfully') {
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
