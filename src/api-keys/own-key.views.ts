import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { presentedIdOf, type CurrentApiKey } from '../auth/current-key.decorator';
import { IdProperty, TimeProperty } from '../common/openapi/openapi-fields';
import type { BucketSummary } from '../buckets/bucket-summaries';
import { JsonText } from '../common/http/json-text';
import type { Quota, RateLimit } from '../common/rate-limit';
import { isoTime } from '../common/times';
import { shownPrefix } from './key-text';
import { KeyBucketView, rightsDocs } from './key-bucket.view';
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

  @IdProperty(EXAMPLE_IDS.apiKey, {
    required: false,
    description: 'Only for a session key: the key that it was opened with',
  })
  readonly sessionOf?: string;

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

  constructor(key: CurrentApiKey, bucket: BucketSummary | null) {
    super();
    const { id, name, type, expiresAt, allowedIps, dataSourceId, rateLimit, quota, sessionId } = key;
    Object.assign(this, { _id: presentedIdOf(key), name, type });
    this.keyPrefix = shownPrefix(type, key.hint);
    this.bucketId = key.bucketId;
    if (bucket) this.bucketName = bucket.name;
    this.organizationId = key.organizationId;
    this.createdAt = isoTime(key.createdAt);
    if (expiresAt !== null) this.expiresAt = isoTime(expiresAt);
    if (sessionId !== null) this.sessionOf = id;
    if (allowedIps !== null) this.allowedIps = allowedIps.split(',');
    if (dataSourceId !== null) this.dataSourceId = dataSourceId;
    if (rateLimit) this.rateLimit = rateLimit;
    if (quota) this.quota = quota;
    if (key.writeOnly) this.writeOnly = true;
  }
}

/** The key of the request, its bucket, and what it may call. */
export class SelfWithRights extends SelfView {
  @ApiProperty({ type: KeyBucketView, nullable: true, description: 'null for an Admin key' })
  readonly bucket: KeyBucketView | null;

  @ApiProperty(rightsDocs)
  readonly rights: string[];
}

export class SelfReply {
  @ApiProperty({ type: SelfWithRights })
  readonly apiKey: SelfWithRights;
}

/** The JSON of a bucket, which is kept as long as its summary. */
const bucketTexts = new WeakMap<BucketSummary, string>();

/**
 * A `SelfReply` as JSON. Programs that check keys call this route most of all, and the longest parts of the reply are the same for
 * many of them.
 *
 * @param rights as JSON
 */
export function selfAsJson(key: CurrentApiKey, bucket: BucketSummary | null, rights: string): JsonText {
  const view = JSON.stringify(new SelfView(key, bucket));
  const shownBucket = bucket ? bucketAsJson(bucket) : 'null';
  return new JsonText(`{"apiKey":${view.slice(0, -1)},"bucket":${shownBucket},"rights":${rights}}}`);
}

function bucketAsJson(bucket: BucketSummary): string {
  let text = bucketTexts.get(bucket);
  if (text === undefined) bucketTexts.set(bucket, (text = JSON.stringify(new KeyBucketView(bucket))));
  return text;
}
