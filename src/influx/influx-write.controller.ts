import { Controller, Post, Query, Req, Res, UseFilters } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequireKeyType } from '../auth/require-key-type.decorator';
import { ApiError } from '../common/errors';
import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';
import { Documented } from '../common/openapi/openapi';
import { InfluxErrorFilter } from './influx-error.filter';
import { InfluxWrites } from './influx-writes';
import * as errors from './influx.errors';
import * as docs from './influx.docs';
import { WriteQuery, WriteV1Query, WriteV3Query } from './influx.dto';
import { precisionOf } from './precision-words';

const DATABASE = { missing: errors.DATABASE_REQUIRED, unknown: errors.DATABASE_UNKNOWN };
const BUCKET = { missing: errors.BUCKET_REQUIRED, unknown: errors.BUCKET_UNKNOWN };
const WRITERS = { writeOnly: true, influx: true } as const;

/** Line protocol, as the clients of InfluxDB 1, 2 and 3 send it. */
@ApiTags('InfluxDB')
@UseFilters(InfluxErrorFilter)
@Controller()
export class InfluxWriteController {
  constructor(private readonly writes: InfluxWrites) {}

  @Post('api/v2/write')
  @Documented(docs.WRITE_V2)
  @RequireKeyType(['admin', 'write'], 'modify data', WRITERS)
  writeV2(
    @Req() request: LeanRequest,
    @Res() response: LeanResponse,
    @Query() { bucket, precision }: WriteQuery,
  ): Promise<void> {
    return this.writes.write(request, response, { bucket, refusals: BUCKET, precision: precisionOf(precision, 'ns') });
  }

  @Post('write')
  @Documented(docs.WRITE_V1)
  @RequireKeyType(['admin', 'write'], 'modify data', WRITERS)
  writeV1(
    @Req() request: LeanRequest,
    @Res() response: LeanResponse,
    @Query() { db, precision }: WriteV1Query,
  ): Promise<void> {
    const target = { bucket: db, refusals: DATABASE, precision: precisionOf(precision, 'ns') };
    return this.writes.write(request, response, target);
  }

  @Post('api/v3/write_lp')
  @Documented(docs.WRITE_V3)
  @RequireKeyType(['admin', 'write'], 'modify data', WRITERS)
  writeV3(
    @Req() request: LeanRequest,
    @Res() response: LeanResponse,
    @Query() { db, precision, accept_partial: partial }: WriteV3Query,
  ): Promise<void> {
    if (partial === 'false') throw new ApiError(errors.PARTIAL_REQUIRED);
    const target = { bucket: db, refusals: DATABASE, precision: precisionOf(precision, 'auto') };
    return this.writes.write(request, response, target);
  }
}
