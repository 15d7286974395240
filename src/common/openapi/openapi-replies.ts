import { EXAMPLE_IDS } from './example-ids';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** The request id in examples. */
export const EXAMPLE_REQUEST_ID = 'b3c1f0de-5a0e-4c55-9d4e-6f1f3f1f7f4e';

const ONLY_LIMITED = 'Sent only if the key has a limit';

/** The response headers in the `components` of the document. */
export const HEADERS = {
  'X-Request-Id': {
    description:
      "The id of the request in the server's log: the client's `X-Request-Id` if it is valid, otherwise a generated one",
    schema: { type: 'string', maxLength: 128 },
    example: EXAMPLE_REQUEST_ID,
    required: true,
  },
  'Cache-Control': {
    description: 'Responses must not be cached, because they may contain API keys',
    schema: { type: 'string', enum: ['no-store'] },
    example: 'no-store',
    required: true,
  },
  'X-Error-Code': {
    description: 'A stable error code for programs. `/docs/errors` explains each code',
    schema: { type: 'string', pattern: '^[a-z0-9_]+$' },
    example: 'unauthorized',
    required: true,
  },
  Link: {
    description: 'The section of the errors page about this code (`rel="help"`). Not sent if `DAKKIO_DOCS` is off',
    schema: { type: 'string' },
    example: '</docs/errors#unauthorized>; rel="help"',
  },
  'WWW-Authenticate': {
    description: 'The authentication scheme: an API key. On `GET /api/data/export`, also a Basic password',
    schema: { type: 'string' },
    example: 'ApiKey realm="dakkio"',
    required: true,
  },
  'Retry-After': {
    description: 'Seconds to wait before the next attempt',
    schema: { type: 'integer', minimum: 1 },
    example: 12,
    required: true,
  },
  RateLimit: {
    description: `The remaining requests of each limit (\`r\`), and the seconds until it is fully restored or, with a 429, until the next request is accepted (\`t\`). ${ONLY_LIMITED}`,
    schema: { type: 'string' },
    example: '"rate";r=599;t=1, "quota";r=99321;t=50040',
  },
  'RateLimit-Policy': {
    description: `The limits: requests (\`q\`) per window in seconds (\`w\`). ${ONLY_LIMITED}`,
    schema: { type: 'string' },
    example: '"rate";q=600;w=60, "quota";q=100000;w=86400',
  },
  'X-RateLimit-Limit': {
    description: `The requests allowed by the limit with the fewest remaining requests. ${ONLY_LIMITED}`,
    schema: { type: 'integer', minimum: 1 },
    example: 600,
  },
  'X-RateLimit-Remaining': {
    description: `The remaining requests of that limit. ${ONLY_LIMITED}`,
    schema: { type: 'integer', minimum: 0 },
    example: 599,
  },
  'X-RateLimit-Reset': {
    description: `The time at which that limit is fully restored or, with a 429, at which the next request is accepted, in seconds since 1970. ${ONLY_LIMITED}`,
    schema: { type: 'integer', minimum: 0 },
    example: 1705313160,
  },
};

/** A part of a text. */
export class TextPlace {
  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'The offset of its first character, in UTF-16 code units of the text in Unicode normalization form C',
    example: 15,
  })
  readonly start: number;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'The offset after its last character. Equal to `start` at the end of the text',
    example: 26,
  })
  readonly end: number;
}

/** One problem of a request, with its location. */
export class ErrorDetail {
  @ApiProperty({
    type: 'array',
    items: { oneOf: [{ type: 'string' }, { type: 'integer' }] },
    example: ['body', 'name'],
  })
  readonly path: (string | number)[];

  @ApiProperty({ type: String, example: 'Key name is required' })
  readonly message: string;

  @ApiPropertyOptional({
    type: String,
    description: 'The nearest valid name or value, where there is a similar one',
    example: 'did you mean filters.startTime?',
  })
  readonly hint?: string;

  @ApiPropertyOptional({
    type: TextPlace,
    description: 'The part of a text that the problem is in, such as a word of a condition',
  })
  readonly at?: TextPlace;

  @ApiPropertyOptional({
    type: [String],
    description: 'What could stand there instead, the most likely first. Empty if the text should have nothing there',
    example: ['greater than', 'is greater than', 'is at least'],
  })
  readonly expected?: readonly string[];

  @ApiPropertyOptional({
    type: String,
    description:
      'Given where a client may act on this problem by itself: a `point_expired` can be left out of the batch',
    example: 'point_expired',
  })
  readonly code?: string;
}

/** The body of every error reply. */
export class ErrorReply {
  @ApiProperty({ type: String, description: 'The kind of error, one for each status', example: 'Validation Error' })
  readonly error: string;

  @ApiProperty({ type: String, description: 'What is wrong, and what would be right', example: 'Key name is required' })
  readonly message: string;

  @ApiPropertyOptional({
    type: [ErrorDetail],
    description: 'Each problem and its place, if the message does not name them all',
  })
  readonly details?: ErrorDetail[];

  @ApiPropertyOptional({
    type: String,
    enum: ['unavailable'],
    description: 'Given with the 503 of `/health/ready`, in the place of its `ok`',
  })
  readonly status?: 'unavailable';

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    description:
      'Given with the 503 of `/health/ready`: `read`, `write` and `data`, each `ok` or what is wrong with it',
    example: { read: 'ok', write: 'full', data: 'ok' },
  })
  readonly checks?: Readonly<Record<string, string>>;

  @ApiPropertyOptional({
    type: Number,
    description: "Given with the 503 of `/health/ready` where the server's clock differs from the database's",
    example: 20.1,
  })
  readonly clockOffsetSeconds?: number;

  @ApiPropertyOptional({
    type: String,
    description: 'Given with a 409 that is about a key: the one that was made before',
    example: EXAMPLE_IDS.apiKey,
  })
  readonly apiKeyId?: string;

  @ApiPropertyOptional({
    type: [String],
    description: 'Given with the 409 of a repeated bulk creation: the keys that it made, in its order',
    example: [EXAMPLE_IDS.apiKey],
  })
  readonly apiKeyIds?: string[];

  @ApiPropertyOptional({
    type: String,
    description: 'Given with the 409 of a repeated creation: the data source that it created',
    example: EXAMPLE_IDS.dataSource,
  })
  readonly dataSourceId?: string;

  @ApiPropertyOptional({
    type: [String],
    description: 'The same for a repeated bulk creation, in its order',
    example: [EXAMPLE_IDS.dataSource],
  })
  readonly dataSourceIds?: string[];

  @ApiPropertyOptional({
    type: String,
    description: 'Given with the 409 of a repeated creation: the bucket that it created',
    example: EXAMPLE_IDS.bucket,
  })
  readonly bucketId?: string;

  @ApiPropertyOptional({
    type: String,
    description: 'Given with the 409 of a repeated creation: the alert rule that it created',
    example: EXAMPLE_IDS.event,
  })
  readonly alertRuleId?: string;

  @ApiPropertyOptional({
    type: String,
    description: 'Given with a 5xx: the request to ask the operator about',
    example: EXAMPLE_REQUEST_ID,
  })
  readonly requestId?: string;
}
