import { Controller, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { RequireKeyType } from '../auth/require-key-type.decorator';
import { namedBucket } from '../buckets/named-bucket';
import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';
import { Documented } from '../common/openapi/openapi';
import { CsvUploads } from './csv-uploads';
import { CSV_DOCS } from './csv.docs';
import { CsvIngested, CsvPartlyIngested, CsvQuery } from './csv.dto';
import { checkQuiet } from './ingest-rights';

/** Points as CSV. */
@ApiTags('Data')
@Controller('api/data/csv')
export class CsvController {
  constructor(private readonly uploads: CsvUploads) {}

  @Post()
  @Documented(CSV_DOCS)
  @RequireKeyType(['admin', 'write'], 'modify data', { writeOnly: true, bound: 'source' })
  async add(
    @CurrentKey() key: CurrentApiKey,
    @Query() { bucketId: named, dataSourceId, quiet = false, delimiter, ...reading }: CsvQuery,
    @Req() request: LeanRequest,
    @Res({ passthrough: true }) response: LeanResponse,
  ): Promise<CsvIngested | CsvPartlyIngested> {
    checkQuiet(key, quiet);
    const target = {
      bucketId: namedBucket(key, named, 'query'),
      sourceId: dataSourceId,
      quiet,
      reading: { ...reading, delimiter: delimiter === 'tab' ? '\t' : delimiter },
    };
    const { counts, refused } = await this.uploads.store(request, key, target);
    response.status(counts.rejected === 0 ? 201 : 207);
    if (counts.rejected === 0) return { message: CsvIngested.message, ...counts };
    return { ...counts, message: 'CSV ingested in part', errors: [...refused] };
  }
}
