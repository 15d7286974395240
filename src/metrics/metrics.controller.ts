import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { RequireKeyType } from '../auth/require-key-type.decorator';
import type { LeanResponse } from '../common/http/lean-messages';
import { Documented } from '../common/openapi/openapi';
import { ServerInfoService } from '../server-info/server-info.service';
import { METRICS_DOCS } from './metrics.docs';
import { MetricsService } from './metrics.service';

/** Metrics for Prometheus. */
@ApiTags('Server')
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: MetricsService,
    private readonly server: ServerInfoService,
  ) {}

  @Get()
  @Documented(METRICS_DOCS)
  @RequireKeyType('admin', 'read the metrics')
  async get(@CurrentKey() key: CurrentApiKey, @Res() response: LeanResponse): Promise<void> {
    await this.server.requireFirstOrganization(key);
    return this.metrics.send(response);
  }
}
