import { Controller, HttpCode, Post, Query, Req, UseFilters } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { RequireKeyType } from '../auth/require-key-type.decorator';
import { ApiError } from '../common/errors';
import type { LeanRequest } from '../common/http/lean-messages';
import { Documented } from '../common/openapi/openapi';
import { formOf } from './form-body';
import { InfluxErrorFilter } from './influx-error.filter';
import * as docs from './influx.docs';
import { StatementQuery, type StatementResults } from './influx.dto';
import { DATABASE_REQUIRED, DATABASE_UNKNOWN, STATEMENT_MISSING } from './influx.errors';
import { NamedBuckets } from './named-bucket';
import { databasesIn } from './statements';

const DATABASE = { missing: DATABASE_REQUIRED, unknown: DATABASE_UNKNOWN };

/** The statements that clients of InfluxDB 1 send before they write. */
@ApiTags('InfluxDB')
@UseFilters(InfluxErrorFilter)
@Controller()
export class InfluxQueryController {
  constructor(private readonly buckets: NamedBuckets) {}

  @Post('query')
  @HttpCode(200)
  @Documented(docs.STATEMENT)
  @RequireKeyType(['admin', 'write'], 'modify data', { writeOnly: true, influx: true })
  async run(
    @CurrentKey() key: CurrentApiKey,
    @Req() request: LeanRequest,
    @Query() { q }: StatementQuery,
  ): Promise<StatementResults> {
    const text = q ?? (await formOf(request)).get('q') ?? '';
    const databases = databasesIn(text);
    if (databases.length === 0) throw new ApiError(STATEMENT_MISSING);
    for (const database of databases) await this.buckets.idOf(key, database, DATABASE);
    return { results: databases.map((_, index) => ({ statement_id: index })) };
  }
}
