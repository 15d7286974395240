import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Action, Actor, Target } from '../common/audit-event';
import { MillisColumn, ReferenceColumn } from '../database/columns';

/** A row of the audit log, which is a hash chain. Rows are never changed. */
@Entity('audit_log', { withoutRowid: true })
@Index('audit_log_by_organization', ['organizationId', 'seq'])
@Index('audit_log_by_id', ['id'])
export class AuditRow {
  /** Its position in the chain, from 1. */
  @PrimaryColumn({ type: 'bigint' })
  readonly seq: number;

  @ReferenceColumn('id')
  readonly id: string;

  @MillisColumn('at')
  readonly at: number;

  /** The organization whose log shows it; null for an event of the whole server. */
  @ReferenceColumn('organization_id', { nullable: true })
  readonly organizationId: string | null;

  @ReferenceColumn('bucket_id', { nullable: true })
  readonly bucketId: string | null;

  @Column({ name: 'actor_kind', type: 'varchar', length: 12 })
  readonly actorKind: Actor['kind'];

  /** The key's id, or the system user of a command. */
  @Column({ name: 'actor_id', type: 'varchar', length: 100, nullable: true })
  readonly actorId: string | null;

  @Column({ name: 'actor_name', type: 'varchar', length: 100, nullable: true })
  readonly actorName: string | null;

  @Column({ type: 'varchar', length: 40 })
  readonly action: Action;

  @Column({ name: 'target_type', type: 'varchar', length: 20 })
  readonly targetType: Target['type'];

  @ReferenceColumn('target_id', { nullable: true })
  readonly targetId: string | null;

  @Column({ name: 'target_name', type: 'varchar', length: 100, nullable: true })
  readonly targetName: string | null;

  /** JSON as text, because the chain is computed over these bytes. */
  @Column({ type: 'text', nullable: true })
  readonly details: string | null;

  @Column({ type: 'varchar', length: 45, nullable: true })
  readonly address: string | null;

  @Column({ name: 'request_id', type: 'varchar', length: 128, nullable: true })
  readonly requestId: string | null;

  /** HMAC-SHA-256 over the previous link and this row, in hex. */
  @Column({ type: 'varchar', length: 64 })
  readonly link: string;
}
