import { ApiProperty } from '@nestjs/swagger';
import { CountProperty } from '../common/openapi/openapi-fields';
import { MAX_COUNTED } from '../webhooks/delivery-counts';
import type { Queues } from './server-info.service';

class WaitingView {
  @CountProperty(0)
  readonly waiting: number;
}

class QueriesView {
  @CountProperty(1, { description: 'Queries, analytics, previews and lists under way' })
  readonly running: number;

  @CountProperty(8, { description: '`DAKKIO_QUERIES_AT_ONCE`' })
  readonly runningLimit: number;

  @CountProperty(0, { description: 'The same that wait for a slot' })
  readonly waiting: number;

  @CountProperty(512, { description: '`DAKKIO_QUERY_QUEUE`' })
  readonly waitingLimit: number;
}

class StreamsView {
  @CountProperty(3, { description: 'Open streams of new points' })
  readonly open: number;

  @CountProperty(2000, { description: '`DAKKIO_STREAMS`' })
  readonly limit: number;
}

class DeliveriesView {
  @CountProperty(3, { description: `Messages to webhooks that wait for an attempt, counted up to ${MAX_COUNTED}` })
  readonly waiting: number;

  @CountProperty(1, {
    description: `Messages that were given up within the last 24 hours, counted up to ${MAX_COUNTED}`,
  })
  readonly failedLast24h: number;
}

/** What waits in a server, and what it works on. */
export class QueuesView {
  @ApiProperty({ type: WaitingView, description: 'Writes that wait for their turn, or for a connection to PostgreSQL' })
  readonly writes: WaitingView;

  @ApiProperty({ type: WaitingView, description: 'Requests with points that wait for a commit' })
  readonly ingest: WaitingView;

  @ApiProperty({ type: QueriesView })
  readonly queries: QueriesView;

  @ApiProperty({ type: StreamsView })
  readonly streams: StreamsView;

  @ApiProperty({ type: DeliveriesView, description: 'Of all organizations and instances' })
  readonly deliveries: DeliveriesView;

  constructor({ writes, ingest, queries, streams, deliveries }: Queues) {
    const { running, waiting, limits } = queries;
    this.writes = { waiting: writes };
    this.ingest = { waiting: ingest };
    this.queries = { running, runningLimit: limits.running, waiting, waitingLimit: limits.waiting };
    this.streams = streams;
    this.deliveries = { waiting: deliveries.waiting, failedLast24h: deliveries.failed };
  }
}
