import { SOURCE_NOT_YOURS } from '../auth/access.errors';
import { BUCKET_ID_REQUIRED, BUCKET_NOT_FOUND, BUCKET_NOT_YOURS } from '../buckets/buckets.errors';
import type { OperationDocs } from '../common/openapi/openapi';
import { SERVER_STOPPING, TOO_MANY_QUERIES } from '../scheduling/scheduling.errors';
import { FIELD_UNKNOWN, SOURCE_NOT_FOUND } from '../sources/sources.errors';
import { TOO_MANY_STREAMS } from './live.errors';
import { TicketCreated } from './stream.dto';

const ID = '2n9c-lr5q0zk0';
const POINT = {
  _id: '018d0cc9ec00000001000001',
  dataSourceId: '507f1f77bcf86cd799439014',
  timestamp: '2024-01-15T10:10:00.000Z',
  values: { temperature: 21.5 },
  metadata: null,
  bucketId: '507f1f77bcf86cd799439011',
};

/** The routes of streams, as the API's description shows them. */
export const docs = {
  stream: {
    id: 'streamData',
    summary: 'Stream new data points',
    description:
      'Sends each point of the bucket within about 250 ms after it was stored, as Server-Sent Events or, with ' +
      '`Accept: application/x-ndjson`, as one JSON object per line. A point that is updated is sent again. The order is that of ' +
      'commits, not of timestamps. Events: `ready` (the stream is up to date), `point`, `gap` (points are left out), `closed` (why ' +
      'the stream ends). To resume after a disconnect, send the id of the last event as `Last-Event-ID` or `since`: commits can be ' +
      'replayed for at least 30 minutes.',
    status: 200,
    content: {
      'text/event-stream': `id: ${ID}\nevent: point\ndata: ${JSON.stringify(POINT)}\n\n`,
      'application/x-ndjson': `${JSON.stringify({ event: 'point', id: ID, data: POINT })}\n`,
    },
    refusals: [
      ...[BUCKET_ID_REQUIRED, BUCKET_NOT_YOURS, BUCKET_NOT_FOUND, SOURCE_NOT_YOURS, SOURCE_NOT_FOUND],
      ...[FIELD_UNKNOWN, TOO_MANY_STREAMS, TOO_MANY_QUERIES, SERVER_STOPPING],
    ],
  },
  ticket: {
    id: 'createStreamTicket',
    summary: 'Create a ticket for a stream',
    description:
      'For clients that cannot set headers, such as `EventSource` in a browser: `GET /api/data/stream?ticket=…` opens streams with ' +
      'the rights of the key, until the ticket expires or the key is no longer valid. A ticket is good for this route only, and can be ' +
      'used several times, because `EventSource` reconnects with the same URL.',
    status: 201,
    answer: TicketCreated,
  },
} satisfies Readonly<Record<string, OperationDocs>>;
