import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { And, LessThan, MoreThanOrEqual, type FindOptionsWhere, type Repository } from 'typeorm';
import type { Action } from '../common/journal';
import type { Pause } from '../common/http/pause';
import type { PageQuery } from '../common/pagination';
import { findAndCountInSlices } from '../database/find-in-slices';
import { AuditRow } from './audit-row.entity';

/** What a list may be narrowed to. Times are half open, in milliseconds since 1970. */
export interface AuditFilter {
  readonly action?: Action | undefined;
  readonly actorId?: string | undefined;
  readonly targetId?: string | undefined;
  readonly bucketId?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Reads an organization's own part of the audit log. */
@Injectable()
export class AuditReader {
  constructor(@InjectRepository(AuditRow) private readonly rows: Repository<AuditRow>) {}

  /** One page, oldest first, and the length of the whole list. */
  list(
    organizationId: string,
    filter: AuditFilter,
    { limit, offset }: PageQuery,
    pause: Pause,
  ): Promise<[AuditRow[], number]> {
    const { action, actorId, targetId, bucketId, from, to } = filter;
    const where: FindOptionsWhere<AuditRow> = {
      organizationId,
      // Without times the index alone is counted.
      ...((from !== undefined || to !== undefined) && {
        at: And(MoreThanOrEqual(from ?? 0), LessThan(to ?? Number.MAX_SAFE_INTEGER)),
      }),
      ...(action !== undefined && { action }),
      ...(actorId !== undefined && { actorId }),
      ...(targetId !== undefined && { targetId }),
      ...(bucketId !== undefined && { bucketId }),
    };
    const options = { where, order: { seq: 'ASC' }, take: limit, skip: offset } as const;
    return findAndCountInSlices(this.rows.manager, AuditRow, options, pause, 'seq');
  }
}
