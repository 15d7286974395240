import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, type CurrentApiKey } from '../../../auth/current-key.decorator';
import { RequireAnyKey } from '../../../auth/require-key-type.decorator';
import { BucketAccess } from '../../../buckets/bucket-access';
import { namedBucket } from '../../../buckets/named-bucket';
import { SharedTurns } from '../../../common/http/shared-turns';
import { Documented } from '../../../common/openapi/openapi';
import { callerOf, nameOfCaller } from '../../../scheduling/caller';
import { namedSource } from '../../../sources/named-source';
import { SourcesService } from '../../../sources/sources.service';
import { readCondition } from '../rule-input';
import * as docs from './parse.docs';
import { ParseBody, ParseReply } from './parse.dto';

/** Parses conditions, for editors of alert rules. */
@ApiTags('Alerts')
@Controller('api/alerts')
export class ParseController {
  /** To find what was meant by a long condition takes some milliseconds. */
  private readonly turns = new SharedTurns();

  constructor(
    private readonly buckets: BucketAccess,
    private readonly sources: SourcesService,
  ) {}

  @Post('parse')
  @HttpCode(200)
  @Documented(docs.PARSE)
  @RequireAnyKey({ bound: 'source' })
  async parse(@CurrentKey() key: CurrentApiKey, @Body() body: ParseBody): Promise<ParseReply> {
    const bucketId = namedBucket(key, body.bucketId, 'body');
    const dataSourceId = namedSource(key, body.dataSourceId);
    await this.buckets.get(key, bucketId);
    const { schema } = await this.sources.get(key, bucketId, dataSourceId);
    const parse = () => new ParseReply(readCondition(body.condition, schema), schema);
    return this.turns.run(nameOfCaller(callerOf(key)), parse);
  }
}
