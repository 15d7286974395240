import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { CheckedBy } from '../common/validation/fields';
import { IgnoresUnknown } from '../common/validation/ignores-unknown';

const OF_KEY = 'Default: the bucket of the key';

/** A query parameter that other rules check later. */
function Parameter(name: string, description: string, example: string): PropertyDecorator {
  const sentence = `${name} must be sent once`;
  return applyDecorators(
    ApiPropertyOptional({ type: String, description, example }),
    CheckedBy({
      check: (value) => (value === undefined || typeof value === 'string' ? undefined : sentence),
      sentences: [sentence],
    }),
  );
}

@IgnoresUnknown()
export class WriteQuery {
  @Parameter('bucket', `The name or id of the bucket. ${OF_KEY}`, 'Greenhouse')
  readonly bucket?: string;

  @Parameter('precision', 'The unit of times: `ns`, `us`, `ms`, `s`, `m` or `h`. Default: `ns`', 's')
  readonly precision?: string;
}

@IgnoresUnknown()
export class WriteV1Query {
  @Parameter('db', `The name or id of the bucket. ${OF_KEY}`, 'Greenhouse')
  readonly db?: string;

  @Parameter('precision', 'The unit of times: `n`, `u`, `ms`, `s`, `m` or `h`. Default: `n`', 's')
  readonly precision?: string;
}

@IgnoresUnknown()
export class WriteV3Query {
  @Parameter('db', `The name or id of the bucket. ${OF_KEY}`, 'Greenhouse')
  readonly db?: string;

  @Parameter(
    'precision',
    'The unit of times: `nanosecond`, `microsecond`, `millisecond`, `second`, or `auto` by the size of each time. Default: `auto`',
    'second',
  )
  readonly precision?: string;

  @Parameter('accept_partial', 'Only `true`: valid lines are always stored', 'true')
  readonly accept_partial?: string;
}

@IgnoresUnknown()
export class StatementQuery {
  @Parameter('q', 'The statements, separated by semicolons', 'SELECT mean(temperature) FROM weather GROUP BY time(1h)')
  readonly q?: string;

  @Parameter('db', `The name or id of the bucket. ${OF_KEY}`, 'Greenhouse')
  readonly db?: string;

  @Parameter('epoch', 'The unit of times: `ns`, `u`, `ms`, `s`, `m` or `h`. Default: RFC 3339, and `ns` in CSV', 'ms')
  readonly epoch?: string;

  @Parameter('pretty', '`true`: indented JSON', 'true')
  readonly pretty?: string;

  @Parameter('chunked', '`true`: one JSON document per line, each with up to `chunk_size` rows', 'true')
  readonly chunked?: string;

  @Parameter('chunk_size', 'The most rows of a document with `chunked=true`. Default: 10000', '1000')
  readonly chunk_size?: string;

  @Parameter(
    'params',
    'The values of parameters such as `$site` in the statements, as a JSON object',
    '{"site":"north"}',
  )
  readonly params?: string;
}

@IgnoresUnknown()
export class PingQuery {
  @Parameter('verbose', '`true`: 200 with the version instead of 204', 'true')
  readonly verbose?: string;
}

export class InfluxHealth {
  @ApiProperty({ type: String, description: 'The name that clients of InfluxDB expect', example: 'influxdb' })
  readonly name: string;

  @ApiProperty({ type: String, example: 'ready for queries and writes' })
  readonly message: string;

  @ApiProperty({ type: String, enum: ['pass', 'fail'], example: 'pass' })
  readonly status: 'pass' | 'fail';

  @ApiProperty({ type: [Object], example: [] })
  readonly checks: readonly object[];

  @ApiProperty({ type: String, example: '1.8.10-dakkio' })
  readonly version: string;

  @ApiProperty({ type: String, example: 'dakkio' })
  readonly commit: string;
}

export class InfluxReady {
  @ApiProperty({ type: String, example: 'ready' })
  readonly status: 'ready';

  @ApiProperty({ type: String, format: 'date-time', example: '2024-01-15T10:05:00.000Z' })
  readonly started: string;

  @ApiProperty({ type: String, description: 'How long the process has run', example: '3600s' })
  readonly up: string;
}

const CELL = { oneOf: [{ type: 'number', nullable: true }, { type: 'string' }, { type: 'boolean' }] };
const ROW = { type: 'array', items: CELL };

class SeriesReply {
  @ApiPropertyOptional({ type: String, description: 'The measurement', example: 'weather' })
  readonly name?: string;

  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' }, example: { site: 'north' } })
  readonly tags?: Readonly<Record<string, string>>;

  @ApiProperty({ type: [String], example: ['time', 'mean'] })
  readonly columns: readonly string[];

  @ApiPropertyOptional({
    type: 'array',
    items: ROW,
    description: 'A list for each row',
    example: [[1705312800000, 21.5]],
  })
  readonly values?: readonly object[];
}

class StatementReply {
  @ApiProperty({ type: Number, description: 'The position of the statement', example: 0 })
  readonly statement_id: number;

  @ApiPropertyOptional({ type: [SeriesReply], description: 'Absent without data' })
  readonly series?: readonly SeriesReply[];

  @ApiPropertyOptional({ type: String, description: 'Why the statement failed. Statements after it are not run' })
  readonly error?: string;
}

export class StatementReplies {
  @ApiProperty({ type: [StatementReply] })
  readonly results: readonly StatementReply[];
}

/** An error of the routes of InfluxDB 1 and 3. */
export class InfluxErrorReply {
  @ApiProperty({ type: String, example: 'database not found: "Greenhouse"' })
  readonly error: string;

  @ApiPropertyOptional({ type: [Object], description: 'In InfluxDB 3, the lines that were refused', example: [] })
  readonly data?: readonly object[];
}

/** An error of the routes of InfluxDB 2. */
export class InfluxErrorReplyOfV2 {
  @ApiProperty({ type: String, example: 'not found' })
  readonly code: string;

  @ApiProperty({ type: String, example: 'bucket "Greenhouse" not found' })
  readonly message: string;

  @ApiProperty({ type: String, description: 'The same as `message`', example: 'bucket "Greenhouse" not found' })
  readonly error: string;
}
