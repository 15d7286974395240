import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { TimeProperty } from '../common/openapi/openapi-fields';
import { MessageReply } from '../common/openapi/message-reply';
import { CheckedBy, isObject, WholeNumberField } from '../common/validation/fields';
import { PointFilterQuery } from '../points/point-filter-query';
import { parseSince, SINCE_EXAMPLE, type Since } from './since';

export const LONGEST_TICKET_SECONDS = 3600;
export const DEFAULT_TICKET_SECONDS = 600;
const SHORTEST_TICKET_SECONDS = 10;

const SINCE_SAID = 'since must be the id of an event, a duration up to 24h such as 10m, or latest';
const TICKET_SAID = 'ticket must be sent once';

export class StreamQuery extends PointFilterQuery {
  @ApiPropertyOptional({
    type: String,
    description:
      'Where the stream begins: after the event with this id, with the points of the last minutes or hours (`10m`, `2h`), or with ' +
      '`latest`, the newest point of each data source. The header `Last-Event-ID` precedes it. Default: now',
    example: SINCE_EXAMPLE,
  })
  @CheckedBy({
    check: (value) => (value === undefined || isObject(value) ? undefined : SINCE_SAID),
    sentences: [SINCE_SAID],
    normalise: (value) => (typeof value === 'string' ? (parseSince(value) ?? value) : (value ?? undefined)),
  })
  readonly since?: Since;

  @ApiPropertyOptional({
    type: String,
    description: 'Instead of a key in a header: a ticket of `POST /api/data/stream/tickets`',
    example: 'dakkio_t_507f1f77bcf86cd799439013000000006592a8c0a1b2c3d4e5f60718293a4b5c6d7e8f90',
  })
  @CheckedBy({
    check: (value) => (value === undefined || typeof value === 'string' ? undefined : TICKET_SAID),
    sentences: [TICKET_SAID],
  })
  readonly ticket?: string;
}

export class TicketBody {
  @WholeNumberField(
    { label: 'expiresInSeconds', least: SHORTEST_TICKET_SECONDS, most: LONGEST_TICKET_SECONDS },
    {
      description: 'How long streams can be opened with the ticket. An open stream goes on afterwards',
      default: DEFAULT_TICKET_SECONDS,
      example: DEFAULT_TICKET_SECONDS,
    },
  )
  readonly expiresInSeconds?: number;
}

export class TicketView {
  @ApiProperty({
    type: String,
    example: 'dakkio_t_507f1f77bcf86cd799439013000000006592a8c0a1b2c3d4e5f60718293a4b5c6d7e8f90',
  })
  readonly ticket: string;

  @TimeProperty('2024-01-15T10:10:00.000Z')
  readonly expiresAt: string;
}

export class TicketCreated extends MessageReply('Ticket created successfully') {
  @ApiProperty({ type: TicketView })
  readonly streamTicket: TicketView;
}
