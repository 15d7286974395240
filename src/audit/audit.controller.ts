import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { RequireKeyType } from '../auth/require-key-type.decorator';
import type { LeanResponse } from '../common/http/lean-messages';
import { mapped, sendPaced } from '../common/http/paced-answer';
import type { YieldTurn } from '../common/http/yield';
import { Documented } from '../common/openapi/openapi';
import { LongListPagination } from '../common/pagination';
import { CurrentYield, LongWork } from '../scheduling/long-work.decorator';
import { docs } from './audit.docs';
import { AuditReader } from './audit-reader';
import { AuditEventView, AuditQuery } from './audit.dto';

@ApiTags('Audit')
@Controller('api/audit')
export class AuditController {
  constructor(private readonly reader: AuditReader) {}

  @Get()
  @Documented(docs.list)
  @LongWork()
  @RequireKeyType('admin', 'read the audit log')
  async list(
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Query() query: AuditQuery,
    @CurrentYield() yieldTurn: YieldTurn,
    @Res() response: LeanResponse,
  ): Promise<void> {
    const { action, actorId, targetId, bucketId, startTime: from, endTime: to } = query;
    const filter = { action, actorId, targetId, bucketId, from, to };
    const page = await this.reader.list(organizationId, filter, query, yieldTurn);
    const auditEvents = mapped(page.rows, (row) => new AuditEventView(row));
    await sendPaced(response, { auditEvents, pagination: new LongListPagination(query, page) }, yieldTurn);
  }
}
