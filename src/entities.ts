import { DowntimeRow } from './alerting/evaluation/downtime.entity';
import { Heartbeat } from './alerting/evaluation/heartbeat.entity';
import { AlertEvent } from './alerting/evaluation/alert-event.entity';
import { AlertRule } from './alerting/evaluation/alert-rule.entity';
import { BacklogSlice } from './alerting/evaluation/backlog-slice.entity';
import { DeletedRule } from './alerting/evaluation/deleted-rule.entity';
import { ApiKey } from './api-keys/api-key.entity';
import { KeyCount } from './api-keys/key-count.entity';
import { AuditHead } from './audit/audit-head.entity';
import { AuditRow } from './audit/audit-row.entity';
import { Bucket } from './buckets/bucket.entity';
import { SeriesTag } from './sources/series-tag.entity';
import { SeriesRow } from './sources/series.entity';
import { Source } from './sources/source.entity';
import { LeaseRow } from './database/lease.entity';
import { ResumableTask } from './database/resumable-task.entity';
import { IdempotencyRecord } from './idempotency/idempotency-record.entity';
import { Organization } from './organizations/organization.entity';
import { MetadataCount } from './points/metadata-count.entity';
import { MetadataSweepRow } from './points/metadata-sweep.entity';
import { PendingRollup } from './points/pending-rollup.entity';
import { PointMetadata } from './points/point-metadata.entity';
import { PointTotal } from './points/point-total.entity';
import { Point } from './points/point.entity';
import { Rollup } from './points/rollup.entity';
import { LiveCommit } from './live/live-commit.entity';
import { KeyUsage } from './api-keys/usage/key-usage.entity';
import { SessionCode } from './api-keys/sessions/session-code.entity';
import { LineUsage } from './api-keys/usage/line-usage.entity';
import { Backoff } from './webhooks/backoff.entity';
import { Delivery } from './webhooks/delivery.entity';
import { Webhook } from './webhooks/webhook.entity';

/** Every entity, for the application, its writer and the command line. */
export const ENTITIES = [
  Organization,
  Bucket,
  ApiKey,
  KeyCount,
  KeyUsage,
  LineUsage,
  SessionCode,
  IdempotencyRecord,
  AuditRow,
  AuditHead,
  Source,
  SeriesRow,
  SeriesTag,
  Point,
  PointMetadata,
  MetadataCount,
  MetadataSweepRow,
  Rollup,
  PendingRollup,
  PointTotal,
  LiveCommit,
  ResumableTask,
  LeaseRow,
  AlertRule,
  AlertEvent,
  BacklogSlice,
  DeletedRule,
  Heartbeat,
  DowntimeRow,
  Webhook,
  Delivery,
  Backoff,
];
