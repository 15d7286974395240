import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { RequireAnyKey } from '../auth/require-key-type.decorator';
import { StreamTickets } from '../auth/stream-tickets';
import { namedBucket } from '../buckets/named-bucket';
import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';
import { Documented } from '../common/openapi/openapi';
import { isoTime } from '../common/times';
import { docs } from './stream.docs';
import { DEFAULT_TICKET_SECONDS, StreamQuery, TicketBody, TicketCreated } from './stream.dto';
import { StreamService } from './stream.service';

/** Streams of new points. */
@ApiTags('Data')
@Controller('api/data/stream')
export class StreamController {
  constructor(
    private readonly streams: StreamService,
    private readonly tickets: StreamTickets,
  ) {}

  @Get()
  @Documented(docs.stream)
  @RequireAnyKey({ bound: 'source', ticket: true })
  stream(
    @CurrentKey() key: CurrentApiKey,
    @Query() { bucketId: named, dataSourceId: dataSourceIds, fields, metadata, since }: StreamQuery,
    @Req() request: LeanRequest,
    @Res() response: LeanResponse,
  ): Promise<void> {
    const bucketId = namedBucket(key, named, 'query');
    return this.streams.open(key, { request, response }, { bucketId, dataSourceIds, fields, metadata }, since);
  }

  @Post('tickets')
  @Documented(docs.ticket)
  @RequireAnyKey({ bound: 'source' })
  createTicket(
    @CurrentKey() { id, sessionId, expiresAt }: CurrentApiKey,
    @Body() { expiresInSeconds = DEFAULT_TICKET_SECONDS }: TicketBody,
  ): TicketCreated {
    const endsAt = Math.min(Date.now() + expiresInSeconds * 1000, expiresAt ?? Infinity);
    const { ticket, expiresAtMillis } = this.tickets.create(sessionId ?? id, endsAt);
    return { message: TicketCreated.message, streamTicket: { ticket, expiresAt: isoTime(expiresAtMillis) } };
  }
}
