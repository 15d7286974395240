import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { RequireAnyKey } from '../auth/require-key-type.decorator';
import type { LeanResponse } from '../common/http/lean-messages';
import { sendPaced } from '../common/http/paced-answer';
import type { YieldTurn } from '../common/http/yield';
import { Documented } from '../common/openapi/openapi';
import { CurrentYield, LongWork } from '../scheduling/long-work.decorator';
import { AllSourcesQuery } from './source-list.dto';
import { docs } from './source-lists.docs';
import { SourceListing } from './source-listing';

/** The data sources of all buckets. */
@ApiTags('Data sources')
@Controller('api/sources')
export class AllSourcesController {
  constructor(private readonly listing: SourceListing) {}

  @Get()
  @Documented(docs.ofAll)
  @LongWork()
  @RequireAnyKey({ bound: 'source' })
  async list(
    @CurrentKey() key: CurrentApiKey,
    @Query() query: AllSourcesQuery,
    @CurrentYield() yieldTurn: YieldTurn,
    @Res() response: LeanResponse,
  ): Promise<void> {
    await sendPaced(response, await this.listing.list(key, query, yieldTurn), yieldTurn);
  }
}
