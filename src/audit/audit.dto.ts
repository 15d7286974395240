import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ChoiceField, IdField, TimeField } from '../common/validation/fields';
import { ACTIONS, TARGET_TYPES, type Action, type Actor, type Target } from '../common/audit-event';
import { IdProperty, TimeProperty } from '../common/openapi/openapi-fields';
import { LongListPagination, NewestFirstQuery } from '../common/pagination';
import { isoTime } from '../common/times';
import type { AuditRow } from './audit-row.entity';

const AT = '2024-01-15T10:05:00.000Z';

export class AuditQuery extends NewestFirstQuery {
  @ChoiceField(
    { values: ACTIONS, required: false, message: `action must be one of ${ACTIONS.join(', ')}` },
    { description: 'Only events of this kind', example: 'apiKey.created' },
  )
  readonly action?: Action;

  @IdField('actor ID', EXAMPLE_IDS.apiKey, { required: false, description: 'Only events that this API key caused' })
  readonly actorId?: string;

  @IdField('target ID', EXAMPLE_IDS.apiKey, { required: false, description: 'Only events of this object' })
  readonly targetId?: string;

  @IdField('bucket ID', EXAMPLE_IDS.bucket, { required: false, description: 'Only events of this bucket' })
  readonly bucketId?: string;

  @TimeField({ label: 'startTime' }, { description: 'From this moment on', example: AT })
  readonly startTime?: number;

  @TimeField({ label: 'endTime' }, { description: 'Before this moment', example: AT })
  readonly endTime?: number;
}

/** Who caused an event. */
export class AuditActorView {
  @ApiProperty({ enum: ['api key', 'command line', 'server'], example: 'api key' })
  readonly type: Actor['kind'];

  @IdProperty(EXAMPLE_IDS.apiKey, { required: false })
  readonly _id?: string;

  @ApiPropertyOptional({ type: String, description: "The key's name at that time", example: 'Ops laptop' })
  readonly name?: string;

  @ApiPropertyOptional({ type: String, description: 'The system user who ran the command', example: 'root' })
  readonly user?: string;
}

/** What an event changed. */
export class AuditTargetView {
  @ApiProperty({ enum: TARGET_TYPES, example: 'api key' })
  readonly type: Target['type'];

  @IdProperty(EXAMPLE_IDS.apiKey, { required: false })
  readonly _id?: string;

  @ApiPropertyOptional({ type: String, description: 'Its name at that time', example: 'Living Room Sensor' })
  readonly name?: string;
}

/** A change, or a request that was denied. */
export class AuditEventView {
  @IdProperty(EXAMPLE_IDS.event)
  readonly _id: string;

  @TimeProperty(AT)
  readonly at: string;

  @ApiProperty({ enum: ACTIONS, example: 'apiKey.created' })
  readonly action: Action;

  @ApiProperty({ type: AuditActorView })
  readonly actor: AuditActorView;

  @ApiProperty({ type: AuditTargetView })
  readonly target: AuditTargetView;

  @IdProperty(EXAMPLE_IDS.bucket, { required: false })
  readonly bucketId?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description:
      'Further details. A change has `from` and `to`. `sessionId` is the session key that the actor used, if it used one',
    example: { type: 'write' },
  })
  readonly details?: Record<string, unknown>;

  @ApiPropertyOptional({ type: String, description: 'Where the request came from', example: '192.168.1.20' })
  readonly address?: string;

  @ApiPropertyOptional({ type: String, example: 'b3c1f0de-5a0e-4c55-9d4e-6f1f3f1f7f4e' })
  readonly requestId?: string;

  constructor(row: AuditRow) {
    this._id = row.id;
    this.at = isoTime(row.at);
    this.action = row.action;
    this.actor = actorOf(row);
    this.target = {
      type: row.targetType,
      ...(row.targetId !== null && { _id: row.targetId }),
      ...(row.targetName !== null && { name: row.targetName }),
    };
    if (row.bucketId !== null) this.bucketId = row.bucketId;
    if (row.details !== null) this.details = JSON.parse(row.details) as Record<string, unknown>;
    if (row.address !== null) this.address = row.address;
    if (row.requestId !== null) this.requestId = row.requestId;
  }
}

function actorOf({ actorKind: type, actorId, actorName }: AuditRow): AuditActorView {
  if (type === 'api key')
    return { type, ...(actorId !== null && { _id: actorId }), ...(actorName !== null && { name: actorName }) };
  return { type, ...(actorId !== null && { user: actorId }) };
}

export class AuditList {
  @ApiProperty({ type: [AuditEventView] })
  readonly auditEvents: AuditEventView[];

  @ApiProperty({ type: LongListPagination })
  readonly pagination: LongListPagination;
}

/** An example for the OpenAPI document. */
export const AUDIT_EXAMPLE = {
  auditEvents: [
    {
      _id: EXAMPLE_IDS.event,
      at: AT,
      action: 'apiKey.created',
      actor: { type: 'api key', _id: EXAMPLE_IDS.adminKey, name: 'Ops laptop' },
      target: { type: 'api key', _id: EXAMPLE_IDS.apiKey, name: 'Living Room Sensor' },
      bucketId: EXAMPLE_IDS.bucket,
      details: { type: 'write' },
      address: '192.168.1.20',
      requestId: 'b3c1f0de-5a0e-4c55-9d4e-6f1f3f1f7f4e',
    },
  ],
  pagination: { limit: 100, offset: 0, total: 1, hasMore: false },
};
