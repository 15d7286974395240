import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, type CurrentApiKey } from '../../../auth/current-key.decorator';
import { RequireAnyKey } from '../../../auth/require-key-type.decorator';
import { DEFAULT_COOLDOWN_MINUTES } from '../alert-fields';
import { namedBucket } from '../../../buckets/named-bucket';
import type { YieldTurn } from '../../../common/http/yield';
import { Documented } from '../../../common/openapi/openapi';
import { namedSource } from '../../../sources/named-source';
import { CurrentYield, LongWork } from '../../../scheduling/long-work.decorator';
import * as docs from './preview.docs';
import { PreviewBody, PreviewReply } from './preview.dto';
import { PreviewService } from './preview.service';

/** Previews of alert rules. */
@ApiTags('Alerts')
@Controller('api/alerts')
export class PreviewController {
  constructor(private readonly previews: PreviewService) {}

  @Post('preview')
  @HttpCode(200)
  @Documented(docs.PREVIEW)
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
    const request = { bucketId, dataSourceId, condition, range: [startTime, endTime] as const, cooldownMinutes };
    const { parsedCondition, preview } = await this.previews.preview(key, request, yieldTurn);
    return new PreviewReply(parsedCondition, preview);
  }
}
