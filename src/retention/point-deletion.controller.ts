import { Body, Controller, Delete, HttpCode } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor } from '../auth/current-actor.decorator';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { RequireKeyType } from '../auth/require-key-type.decorator';
import { BUCKET_NOT_FOUND } from '../buckets/buckets.errors';
import type { Actor } from '../common/audit-event';
import type { YieldTurn } from '../common/http/yield';
import { Documented } from '../common/openapi/openapi';
import { CurrentYield, LongWork } from '../scheduling/long-work.decorator';
import { SOURCE_NOT_FOUND } from '../sources/sources.errors';
import { TIMES_REVERSED } from '../query/query.errors';
import { DataRemoved, RemoveBody } from './point-deletion.dto';
import { PointDeletionService } from './point-deletion.service';

/** Deletes points. */
@ApiTags('Data')
@Controller('api/data')
export class PointDeletionController {
  constructor(private readonly deletion: PointDeletionService) {}

  @Delete()
  @HttpCode(200)
  @Documented({
    id: 'deleteData',
    summary: 'Delete the points of a range of time',
    description: 'From `startTime` on and before `endTime`.',
    status: 200,
    answer: DataRemoved,
    refusals: [TIMES_REVERSED, BUCKET_NOT_FOUND, SOURCE_NOT_FOUND],
  })
  @LongWork()
  @RequireKeyType('admin', 'delete data')
  async remove(
    @CurrentActor() by: Actor,
    @CurrentKey() key: CurrentApiKey,
    @Body() body: RemoveBody,
    @CurrentYield() yieldTurn: YieldTurn,
  ): Promise<DataRemoved> {
    const deletedCount = await this.deletion.remove(by, key, body, yieldTurn);
    return { message: DataRemoved.message, deletedCount };
  }
}
