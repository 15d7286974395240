import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ID_PATTERN } from '../common/ids';
import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { TimeProperty } from '../common/openapi/openapi-fields';
import { MessageReply } from '../common/openapi/message-reply';
import { CheckedBy, IdField, isObject, WholeNumberField } from '../common/validation/fields';
import { bucketDocs } from '../points/point-docs';
import { METADATA_INVALID } from '../points/points.errors';
import { parseSince, SINCE_EXAMPLE, type Since } from './since';

export const MAX_LISTED = 100;
export const LONGEST_TICKET_SECONDS = 3600;
export const DEFAULT_TICKET_SECONDS = 600;
const SHORTEST_TICKET_SECONDS = 10;
const MAX_METADATA_CHARACTERS = 4096;

const SOURCES_SAID = `dataSourceId must be 1 to ${MAX_LISTED} data source IDs`;
const FIELDS_SAID = `fields must be 1 to ${MAX_LISTED} field names`;
const METADATA_SAID = METADATA_INVALID.message.replace('an object', 'a JSON object');
const SINCE_SAID = 'since must be the id of an event, a duration up to 24h such as 10m, or latest';
const TICKET_SAID = 'ticket must be sent once';

/** A list in a query string: a parameter that is repeated, or one value with commas. */
const toList = (value: unknown): unknown => (typeof value === 'string' ? value.split(',') : (value ?? undefined));
const toIds = (value: unknown): unknown => {
  const list = toList(value);
  return Array.isArray(list)
    ? list.map((item: unknown) => (typeof item === 'string' ? item.toLowerCase() : item))
    : list;
};

interface ListRules {
  readonly said: string;
  readonly isItem: (item: string) => boolean;
  readonly normalise: (value: unknown) => unknown;
}

function ListField({ said, isItem, normalise }: ListRules, docs: object): PropertyDecorator {
  const isList = (value: unknown) =>
    Array.isArray(value) &&
    value.length <= MAX_LISTED &&
    value.every((item) => typeof item === 'string' && isItem(item));
  return applyDecorators(
    ApiPropertyOptional({ type: [String], ...docs }),
    CheckedBy({
      check: (value) => (value === undefined || isList(value) ? undefined : said),
      sentences: [said],
      normalise,
    }),
  );
}

const isScalar = (value: unknown) => value === null || ['string', 'number', 'boolean'].includes(typeof value);
const isMetadata = (value: unknown) =>
  isObject(value) && Object.keys(value).length <= 20 && Object.values(value).every(isScalar);

function parsedMetadata(value: unknown): unknown {
  if (typeof value !== 'string' || value.length > MAX_METADATA_CHARACTERS) return value ?? undefined;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

export class StreamQuery {
  @IdField('bucket ID', EXAMPLE_IDS.bucket, bucketDocs)
  readonly bucketId?: string;

  @ListField(
    { said: SOURCES_SAID, isItem: (id) => ID_PATTERN.test(id), normalise: toIds },
    {
      description:
        'Only these data sources. Repeat the parameter, or separate ids with commas. Default: all of the bucket',
      example: [EXAMPLE_IDS.dataSource],
    },
  )
  readonly dataSourceId?: readonly string[];

  @ListField(
    { said: FIELDS_SAID, isItem: (name) => name !== '', normalise: toList },
    {
      description: 'Only these fields, and only points with a value of at least one of them',
      example: ['temperature'],
    },
  )
  readonly fields?: readonly string[];

  @ApiPropertyOptional({
    type: String,
    description: 'Only points whose metadata contains all entries of this JSON object',
    example: '{"device":"esp32-7"}',
  })
  @CheckedBy({
    check: (value) => (value === undefined || isMetadata(value) ? undefined : METADATA_SAID),
    sentences: [METADATA_SAID],
    normalise: parsedMetadata,
  })
  readonly metadata?: Readonly<Record<string, unknown>>;

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
