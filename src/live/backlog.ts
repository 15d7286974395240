import { Injectable } from '@nestjs/common';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { WorkScheduler } from '../scheduling/work-scheduler';
import { callerOf } from '../scheduling/caller';
import type { LeanRequest } from '../common/http/lean-messages';
import type { YieldTurn } from '../common/http/yield';
import type { QueryAnswer } from '../query/query-answer';
import { MAX_ROWS } from '../query/answer-format';
import type { QueryFilters } from '../query/query.dto';
import { QueryService } from '../query/query.service';
import type { StreamFilter } from './stream-filter';
import type { StreamReader } from './stream-reader';

/** What a stream begins with: the points of a time range until now, or the newest point of each data source. */
export type BacklogStart = { readonly millis: number } | 'latest';

/** Sends stored points before a stream begins. They have no ids, since their order is that of times. */
@Injectable()
export class Backlog {
  constructor(
    private readonly queries: QueryService,
    private readonly scheduler: WorkScheduler,
  ) {}

  /** Each page is long work, fairly shared like queries. */
  async send(key: CurrentApiKey, request: LeanRequest, reader: StreamReader, start: BacklogStart): Promise<void> {
    const startTime = start === 'latest' ? 0 : Math.max(0, Date.now() - start.millis);
    let cursor: string | undefined;
    do {
      const page = { start, startTime, cursor };
      cursor = await this.scheduler.run(callerOf(key), request.socket, async (yieldTurn) =>
        sendRows(await this.query(key, reader.channel.filter, page, yieldTurn), reader),
      );
    } while (cursor !== undefined);
  }

  private query(
    key: CurrentApiKey,
    { bucketId, sourceIds, fields, metadata }: StreamFilter,
    { start, startTime, cursor }: BacklogPage,
    yieldTurn: YieldTurn,
  ): Promise<QueryAnswer> {
    const dataSourceId = sourceIds?.length === 1 ? sourceIds[0] : undefined;
    if (start === 'latest') return this.queries.latest(key, bucketId, { dataSourceId }, yieldTurn);
    const filters = {
      ...(sourceIds && { dataSourceIds: sourceIds }),
      ...(fields && { fields }),
      ...(metadata && { metadata: metadata as NonNullable<QueryFilters['metadata']> }),
      ...(cursor !== undefined && { cursor }),
      startTime,
      limit: MAX_ROWS,
      sort: 'asc' as const,
    };
    return this.queries.answer(key, bucketId, { filters, downsampling: false, format: 'rows' }, yieldTurn);
  }
}

interface BacklogPage {
  readonly start: BacklogStart;
  readonly startTime: number;
  readonly cursor: string | undefined;
}

/** Returns the cursor of the next page. */
async function sendRows(answer: QueryAnswer, reader: StreamReader): Promise<string | undefined> {
  const rows = answer.rows();
  for (let next = await rows.next(); ; next = await rows.next()) {
    if (next.done) return next.value.nextCursor;
    await reader.write(reader.channel.writeRows(next.value));
  }
}
