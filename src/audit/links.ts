import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ServerSecret } from '../common/server-secret';
import type { AuditHead } from './audit-head.entity';
import type { AuditRow } from './audit-row.entity';

/** What the first row follows. */
export const FIRST_LINK = '0'.repeat(64);

/** Every column but the link, in the order in which the link is made over them. It must never change. */
export const COLUMNS = [
  ['seq', 'seq'],
  ['id', 'id'],
  ['at', 'at'],
  ['organizationId', 'organization_id'],
  ['bucketId', 'bucket_id'],
  ['actorKind', 'actor_kind'],
  ['actorId', 'actor_id'],
  ['actorName', 'actor_name'],
  ['action', 'action'],
  ['targetType', 'target_type'],
  ['targetId', 'target_id'],
  ['targetName', 'target_name'],
  ['details', 'details'],
  ['address', 'address'],
  ['requestId', 'request_id'],
] as const satisfies readonly (readonly [keyof AuditRow, string])[];

/** A row before it is linked. */
export type Unlinked = Omit<AuditRow, 'link'>;

/** Makes what nobody can make without the server's secret: each row's link to the one before, and the seal of the end. */
@Injectable()
export class Links {
  private readonly keys: Record<'log' | 'head', Buffer>;
  /** Tells one secret from another, and nothing else about it. */
  readonly secretCheck: string;

  constructor(secret: ServerSecret) {
    this.keys = { log: secret.keyFor('audit log'), head: secret.keyFor('audit head') };
    this.secretCheck = createHmac('sha256', secret.keyFor('audit check')).update('dakkio').digest('hex');
  }

  /** HMAC-SHA-256 over the link before and every column of the row, as JSON, in hex. */
  linkOf(previous: string, row: Unlinked): string {
    const text = JSON.stringify(COLUMNS.map(([field]) => row[field]));
    return createHmac('sha256', this.keys.log).update(`${previous}\n${text}`).digest('hex');
  }

  sealOf({ count, link }: Pick<AuditHead, 'count' | 'link'>): string {
    return createHmac('sha256', this.keys.head).update(`${count}\n${link}`).digest('hex');
  }
}
