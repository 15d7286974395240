import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { KEY_TYPES, type KeyType } from '../auth/key-type';
import { IdProperty, TimeProperty } from '../common/openapi/openapi-fields';
import type { Quota, RateLimit } from '../common/rate-limit';
import type { ApiKey } from './api-key.entity';
import { boundsOf } from './key-changes';

/** The values in examples of keys. */
export const CREATED_AT = '2024-01-15T10:05:00.000Z';
export const EXPIRES_AT = '2024-01-16T10:05:00.000Z';
export const KEY_TEXT = 'dakkio_w_abc123def456ghi789jkl012mno345pqr678';

/** The descriptions of fields that several views of a key have. */
export const nameDocs = { type: String, maxLength: 100, example: 'Living Room Sensor' };
export const keyTextDocs = {
  type: String,
  description: 'The full API key. Save it now: it is never shown again',
  pattern: '^dakkio_[awr]_[0-9A-Za-z]{36}$',
  example: KEY_TEXT,
};
export const keyPrefixDocs = {
  type: String,
  description: 'The start of the key, which identifies it',
  pattern: '^dakkio_[awr]_[0-9A-Za-z]{4}\\.{3}$',
  example: 'dakkio_w_abc1...',
};
export const writeOnlyDocs = 'A Write key that can only ingest data and create data sources';
export const bucketIdDocs = { nullable: true, description: 'null for an Admin key' };

export class RateLimitView {
  @ApiProperty({ type: 'integer', description: 'Requests', example: 600 })
  readonly limit: number;

  @ApiProperty({ type: 'integer', description: 'Seconds in which the full limit is restored', example: 60 })
  readonly windowSeconds: number;
}

export class QuotaView {
  @ApiProperty({ type: 'integer', description: 'Requests', example: 100_000 })
  readonly limit: number;

  @ApiProperty({ enum: ['day', 'month'], example: 'day' })
  readonly per: 'day' | 'month';
}

/** The restrictions of a key, and its place in a rotation. Fields that are not set are left out. */
export class KeyBoundsView {
  @TimeProperty(EXPIRES_AT, { required: false, description: 'The key is rejected from this moment on' })
  readonly expiresAt?: string;

  @ApiPropertyOptional({ type: [String], example: ['10.0.0.0/8'] })
  readonly allowedIps?: string[];

  @IdProperty(EXAMPLE_IDS.dataSource, { required: false })
  readonly dataSourceId?: string;

  @ApiPropertyOptional({ type: RateLimitView })
  readonly rateLimit?: RateLimit;

  @ApiPropertyOptional({ type: QuotaView })
  readonly quota?: Quota;

  @ApiPropertyOptional({ type: Boolean, description: writeOnlyDocs, example: true })
  readonly writeOnly?: true;

  @ApiPropertyOptional({
    type: Boolean,
    description: 'false for a key that cannot rotate itself, otherwise left out',
    example: false,
  })
  readonly selfRotation?: false;

  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' }, example: { room: 'kitchen' } })
  readonly metadata?: Readonly<Record<string, string>>;

  @IdProperty(EXAMPLE_IDS.successor, { required: false, description: 'The key that this key replaces' })
  readonly replaces?: string;

  @IdProperty(EXAMPLE_IDS.successor, { required: false, description: 'The key that replaces this key' })
  readonly replacedBy?: string;

  @IdProperty(EXAMPLE_IDS.apiKey, {
    required: false,
    description: 'Only for a session key: the key that it was opened with, whose restrictions it has',
  })
  readonly sessionOf?: string;
}

/** The restrictions of a key and its place in a rotation, as clients see them. */
export function boundsShown(apiKey: ApiKey): KeyBoundsView {
  const { replaces, replacedBy, sessionOf } = apiKey;
  return {
    ...boundsOf(apiKey),
    ...(replaces !== null && { replaces }),
    ...(replacedBy !== null && { replacedBy }),
    ...(sessionOf !== null && { sessionOf }),
  };
}

/** The fields that every view of a key starts with. */
export class KeyIdentity {
  @IdProperty(EXAMPLE_IDS.apiKey)
  readonly _id: string;

  @ApiProperty(nameDocs)
  readonly name: string;

  @ApiProperty({ enum: KEY_TYPES, example: 'write' })
  readonly type: KeyType;
}
