import { createHash, createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ServerSecret } from '../common/server-secret';
import type { AuditHead } from './audit-head.entity';
import type { AuditRow } from './audit-row.entity';

/** The previous link of the first row. */
export const FIRST_LINK = '0'.repeat(64);

/** Every column except the link, in the order in which the link is computed. It must never change. */
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

/** The rows that were removed at the beginning of the log: their number, the link of the last one and the digest over all. */
export interface Cut {
  readonly count: number;
  readonly link: string;
  readonly digest: string;
}

/** The cut of a complete log. */
export const NO_CUT: Cut = { count: 0, link: FIRST_LINK, digest: FIRST_LINK };

/** SHA-256 over the previous digest and every column of the row with its link. It needs no secret, and is sealed when the secret changes. */
export function digestOf(previous: string, row: AuditRow): string {
  const text = JSON.stringify([...COLUMNS.map(([field]) => row[field]), row.link]);
  return createHash('sha256').update(`${previous}\n${text}`).digest('hex');
}

/** Computes links and seals with one secret. All are HMAC-SHA-256 in hex. */
export class SecretLinks {
  /** @param secretCheck identifies the secret without revealing anything else about it */
  constructor(
    private readonly keys: Readonly<Record<'log' | 'head' | 'cut' | 'anchor', Buffer>>,
    readonly secretCheck: string,
  ) {}

  /** The link of a row: over the previous link and every column of the row, as JSON. */
  linkOf(previous: string, row: Unlinked): string {
    const text = JSON.stringify(COLUMNS.map(([field]) => row[field]));
    return hmac(this.keys.log, `${previous}\n${text}`);
  }

  sealOf({ count, link }: Pick<AuditHead, 'count' | 'link'>): string {
    return hmac(this.keys.head, `${count}\n${link}`);
  }

  sealOfCut({ count, link, digest }: Cut): string {
    return hmac(this.keys.cut, `${count}\n${link}\n${digest}`);
  }

  /** The seal of an anchor's text. */
  sealOfAnchor(text: string): string {
    return hmac(this.keys.anchor, text);
  }
}

/** The links and seals of each secret that the server accepts. */
@Injectable()
export class Links {
  readonly present: SecretLinks;
  /** The current one first. */
  readonly accepted: readonly SecretLinks[];

  constructor(secret: ServerSecret) {
    const [log, head, cut, anchor, check] = USES.map((use) => secret.keysFor(use));
    this.accepted = (log ?? []).map(
      (key, index) =>
        new SecretLinks(
          { log: key, head: at(head, index), cut: at(cut, index), anchor: at(anchor, index) },
          hmac(at(check, index), 'dakkio'),
        ),
    );
    this.present = at(this.accepted, 0);
  }

  /** Those of the secret that a head names; undefined if it is not accepted. */
  of(secretCheck: string): SecretLinks | undefined {
    return this.accepted.find((one) => one.secretCheck === secretCheck);
  }
}

const USES = ['audit log', 'audit head', 'audit cut', 'audit anchor', 'audit check'];

function at<T>(list: readonly T[] | undefined, index: number): T {
  const one = list?.[index];
  if (one === undefined) throw new RangeError(`Entry ${index} does not exist`);
  return one;
}

function hmac(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}
