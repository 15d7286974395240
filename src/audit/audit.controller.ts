import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, type CurrentApiKey } from '../access/current-key.decorator';
import { RequireKeyType } from '../access/require-key-type.decorator';
import { Documented } from '../common/openapi/openapi';
import { Pagination } from '../common/pagination';
import { AuditReader } from './audit-reader';
import { AUDIT_EXAMPLE, AuditEventView, AuditList, AuditQuery } from './audit.dto';

@ApiTags('Audit')
@Controller('api/audit')
export class AuditController {
  constructor(private readonly reader: AuditReader) {}

  @Get()
  @Documented({
    id: 'listAuditEvents',
    summary: 'Say who did what, when and from where',
    description:
      'Creations, changes, rotations and deletions, refusals for lack of right, and uses of the command line. Oldest first. ' +
      'Never a secret. Above a hundred refusals a second the others are told as a number.',
    status: 200,
    answer: AuditList,
    example: AUDIT_EXAMPLE,
  })
  @RequireKeyType('admin', 'listAuditEvents')
  async list(@CurrentKey() { organizationId }: CurrentApiKey, @Query() query: AuditQuery): Promise<AuditList> {
    const { action, actorId, targetId, bucketId, startTime: from, endTime: to } = query;
    const filter = { action, actorId, targetId, bucketId, from, to };
    const [rows, total] = await this.reader.list(organizationId, filter, query);
    return {
      auditEvents: rows.map((row) => new AuditEventView(row)),
      pagination: new Pagination(query, total, rows.length),
    };
  }
}
