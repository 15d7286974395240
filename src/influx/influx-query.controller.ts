import { Controller, Get, HttpCode, Post, Query, Req, Res, UseFilters } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequireAnyKey } from '../auth/require-key-type.decorator';
import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';
import { Documented } from '../common/openapi/openapi';
import { InfluxErrorFilter } from './influx-error.filter';
import { InfluxQueries } from './influx-queries';
import * as docs from './influx.docs';
import { StatementQuery } from './influx.dto';

/** InfluxQL, as clients of InfluxDB 1 and Grafana send it. */
@ApiTags('InfluxDB')
@UseFilters(InfluxErrorFilter)
@Controller('query')
export class InfluxQueryController {
  constructor(private readonly queries: InfluxQueries) {}

  @Get()
  @Documented(docs.QUERY)
  @RequireAnyKey({ bound: 'source', influx: true })
  query(@Req() request: LeanRequest, @Res() response: LeanResponse, @Query() query: StatementQuery): Promise<void> {
    return this.queries.run(request, response, query);
  }

  @Post()
  @HttpCode(200)
  @Documented(docs.STATEMENT)
  @RequireAnyKey({ writeOnly: true, bound: 'source', influx: true })
  run(@Req() request: LeanRequest, @Res() response: LeanResponse, @Query() query: StatementQuery): Promise<void> {
    return this.queries.run(request, response, query);
  }
}
