import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, type CurrentApiKey } from '../../auth/current-key.decorator';
import { RequireAnyKey } from '../../auth/require-key-type.decorator';
import { namedBucket } from '../../buckets/named-bucket';
import { ValidationError } from '../../common/errors';
import { preferredType } from '../../common/http/accepted-type';
import type { LeanRequest, LeanResponse } from '../../common/http/lean-messages';
import type { YieldTurn } from '../../common/http/yield';
import { Documented } from '../../common/openapi/openapi';
import { CurrentYield, LongWork } from '../../scheduling/long-work.decorator';
import { DECIMAL_IS_DELIMITER, refused } from '../query.errors';
import { QueryService } from '../query.service';
import { EXPORT_DOCS } from './export.docs';
import { EXPORT_FORMATS, EXPORT_TYPES, ExportQuery, MAX_LIMIT, type ExportFormat } from './export.dto';
import { sendExport } from './send-export';

/** Exports of points. */
@ApiTags('Data')
@Controller('api/data/export')
export class ExportController {
  constructor(private readonly queries: QueryService) {}

  @Get()
  @Documented(EXPORT_DOCS)
  @LongWork()
  @RequireAnyKey({ bound: 'source', basic: true })
  async export(
    @CurrentKey() key: CurrentApiKey,
    @Query() { bucketId: named, dataSourceId: dataSourceIds, timezone, fill, ...query }: ExportQuery,
    @CurrentYield() yieldTurn: YieldTurn,
    @Req() request: LeanRequest,
    @Res() response: LeanResponse,
  ): Promise<void> {
    const bucketId = namedBucket(key, named, 'query');
    const style = styleOf(query);
    const format = query.format ?? acceptedFormat(request.headers.accept);
    const { startTime, endTime, fields, metadata, sort = 'asc', limit = MAX_LIMIT } = query;
    const filters = { dataSourceIds, startTime, endTime, fields, metadata, sort, limit };
    const { aggregation, groupBy, bom = false, metadataAs = 'columns' } = query;
    const options = { filters, downsampling: false, aggregation, groupBy, timezone, fill };
    // A CSV writes the names by itself.
    const include = format === 'csv' ? [] : (['names'] as const);
    const body = { ...options, include, format: 'export' } as const;
    const answer = await this.queries.answer(key, bucketId, body, yieldTurn).catch(rethrowInQuery);
    const isHead = request.method === 'HEAD';
    return sendExport(response, answer, { ...style, format, bom, metadataAs, zone: timezone, isHead });
  }
}

/** Names the parameter of the query string instead of the property of a query's body. */
function rethrowInQuery(cause: unknown): never {
  if (!(cause instanceof ValidationError)) throw cause;
  const [{ path, ...first }] = cause.problems;
  throw new ValidationError([{ ...first, path: ['query', ...path.slice(-1)] }]);
}

/** @throws ValidationError for a delimiter that is the decimal separator too */
function styleOf({ delimiter: named, decimal = '.', excel = false }: ExportQuery) {
  const delimiter = named === 'tab' ? '\t' : (named ?? (decimal === ',' ? ';' : ','));
  if (delimiter === decimal) throw refused(DECIMAL_IS_DELIMITER, ['query', 'delimiter']);
  return { delimiter, decimal, excel };
}

function acceptedFormat(accept: string | undefined): ExportFormat {
  const preferred = preferredType(accept, [EXPORT_TYPES.csv, EXPORT_TYPES.ndjson, EXPORT_TYPES.json]);
  return EXPORT_FORMATS.find((format) => EXPORT_TYPES[format] === preferred) ?? 'csv';
}
