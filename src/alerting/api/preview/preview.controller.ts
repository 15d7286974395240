import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, type CurrentApiKey } from '../../../auth/current-key.decorator';
import { RequireAnyKey } from '../../../auth/require-key-type.decorator';
import { DEFAULT_COOLDOWN_MINUTES } from '../alert-docs';
import { OF_NAMED_SOURCES } from '../alerts.errors';
import { namedBucket } from '../../../buckets/named-bucket';
import type { YieldTurn } from '../../../common/http/yield';
import { Documented } from '../../../common/openapi/openapi';
import { CONDITION_ERRORS } from '../../conditions/condition.errors';
import { TIMES_REVERSED } from '../../../query/query.errors';
import { namedSource } from '../../../sources/named-source';
import { CurrentYield, LongWork } from '../../../scheduling/long-work.decorator';
import { PreviewBody, PreviewReply } from './preview.dto';
import { PreviewService } from './preview.service';

/** What alert rules would have done. */
@ApiTags('Alerts')
@Controller('api/alerts')
export class PreviewController {
  constructor(private readonly previews: PreviewService) {}

  @Post('preview')
  @HttpCode(200)
  @Documented({
    id: 'previewAlertRule',
    summary: 'See when a condition would have been met',
    description: 'Judges the stored points from `startTime` on and before `endTime`. Nothing is stored or sent.',
    status: 200,
    answer: PreviewReply,
    refusals: [...OF_NAMED_SOURCES, ...CONDITION_ERRORS, TIMES_REVERSED],
  })
  @LongWork()
  @RequireAnyKey({ bound: 'source' })
  async preview(
    @CurrentKey() key: CurrentApiKey,
    @Body() body: PreviewBody,
    @CurrentYield() yieldTurn: YieldTurn,
  ): Promise<PreviewReply> {
    const { condition, startTime, endTime, cooldownMinutes = DEFAULT_COOLDOWN_MINUTES } = body;
    const bucketId = namedBucket(key, body.bucketId, 'body');
    const dataSourceId = namedSource(key, body.dataSourceId);
    const wish = { bucketId, dataSourceId, condition, range: [startTime, endTime] as const, cooldownMinutes };
    const { parsedCondition, preview } = await this.previews.preview(key, wish, yieldTurn);
    return new PreviewReply(parsedCondition, preview);
  }
}
