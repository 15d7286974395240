import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { IdProperty, TimeProperty } from '../common/openapi/openapi-fields';
import type { Quota, RateLimit } from '../common/rate-limit';
import { isoTime } from '../common/times';
import { shownPrefix } from './key-text';
import {
  bucketIdDocs,
  CREATED_AT,
  EXPIRES_AT,
  KeyIdentity,
  keyPrefixDocs,
  QuotaView,
  RateLimitView,
  writeOnlyDocs,
} from './key-view-fields';

/** The key of the request, and its restrictions. */
export class SelfView extends KeyIdentity {
  @ApiProperty(keyPrefixDocs)
  readonly keyPrefix: string;

  @IdProperty(EXAMPLE_IDS.bucket, bucketIdDocs)
  readonly bucketId: string | null;

  @ApiPropertyOptional({ type: String, description: 'Left out for an Admin key', example: 'Greenhouse' })
  readonly bucketName?: string;

  @IdProperty(EXAMPLE_IDS.organization)
  readonly organizationId: string;

  @TimeProperty(CREATED_AT)
  readonly createdAt: string;

  @TimeProperty(EXPIRES_AT, { required: false, description: 'The key is rejected from this moment on' })
  readonly expiresAt?: string;

  @ApiPropertyOptional({ type: [String], example: ['10.0.0.0/8'] })
  readonly allowedIps?: string[];

  @IdProperty(EXAMPLE_IDS.dataSource, { required: false, description: 'The only data source that it can access' })
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
