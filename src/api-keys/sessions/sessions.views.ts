import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { BucketSummary } from '../../buckets/bucket-summaries';
import { EXAMPLE_IDS } from '../../common/openapi/example-ids';
import { MessageReply } from '../../common/openapi/message-reply';
import { IdProperty, TimeProperty } from '../../common/openapi/openapi-fields';
import { isoTime } from '../../common/times';
import type { ApiKey } from '../api-key.entity';
import { KeyBucketView, rightsDocs } from '../key-bucket.view';
import {
  bucketIdDocs,
  CREATED_AT,
  EXPIRES_AT,
  KeyIdentity,
  KEY_TEXT,
  keyTextDocs,
  writeOnlyDocs,
} from '../key-view-fields';

/** What a client that has just signed in needs to know. */
export interface SessionDetails {
  readonly apiKey: ApiKey;
  readonly key: string;
  readonly bucket: BucketSummary | null;
  readonly rights: string[];
}

/** A new session key. */
export class SessionView extends KeyIdentity {
  @ApiProperty({ ...keyTextDocs, description: 'The session key. It is never shown again' })
  readonly key: string;

  @IdProperty(EXAMPLE_IDS.apiKey, { description: 'The key that it was opened with' })
  readonly sessionOf: string;

  @IdProperty(EXAMPLE_IDS.bucket, bucketIdDocs)
  readonly bucketId: string | null;

  @ApiPropertyOptional({ type: KeyBucketView, description: 'Left out for an Admin key' })
  readonly bucket?: KeyBucketView;

  @IdProperty(EXAMPLE_IDS.organization)
  readonly organizationId: string;

  @TimeProperty(EXPIRES_AT, { description: 'The session key is rejected from this moment on' })
  readonly expiresAt: string;

  @TimeProperty(CREATED_AT)
  readonly createdAt: string;

  @ApiProperty(rightsDocs)
  readonly rights: string[];

  @ApiPropertyOptional({ type: Boolean, description: writeOnlyDocs, example: true })
  readonly writeOnly?: true;

  @IdProperty(EXAMPLE_IDS.dataSource, { required: false, description: 'The only data source that it can access' })
  readonly dataSourceId?: string;

  constructor({ apiKey, key, bucket, rights }: SessionDetails) {
    super();
    const { id, name, type, sessionOf, bucketId, organizationId, expiresAt, createdAt, dataSourceId } = apiKey;
    Object.assign(this, { _id: id, type, name });
    this.key = key;
    this.sessionOf = sessionOf ?? id;
    this.bucketId = bucketId;
    if (bucket) this.bucket = new KeyBucketView(bucket);
    this.organizationId = organizationId;
    this.expiresAt = isoTime(expiresAt ?? createdAt);
    this.createdAt = isoTime(createdAt);
    this.rights = rights;
    if (apiKey.writeOnly !== null) this.writeOnly = true;
    if (dataSourceId !== null) this.dataSourceId = dataSourceId;
  }
}

export class SessionOpened extends MessageReply('Session created successfully') {
  @ApiProperty({ type: SessionView })
  readonly session: SessionView;
}

export class SessionEnded extends MessageReply('Session deleted successfully') {}

/** An example for the OpenAPI document: the session of an Admin key. */
export const SESSION_EXAMPLE = {
  message: SessionOpened.message,
  session: {
    _id: EXAMPLE_IDS.successor,
    name: 'Ops laptop',
    type: 'admin',
    key: KEY_TEXT.replace('_w_', '_a_'),
    sessionOf: EXAMPLE_IDS.adminKey,
    bucketId: null,
    organizationId: EXAMPLE_IDS.organization,
    expiresAt: EXPIRES_AT,
    createdAt: CREATED_AT,
    rights: ['listBuckets', 'createBucket'],
  },
};
