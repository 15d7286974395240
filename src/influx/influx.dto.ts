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
  @Parameter('q', 'The statement, here or as `q` of a form', 'CREATE DATABASE "Greenhouse"')
  readonly q?: string;
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

export class StatementResult {
  @ApiProperty({ type: Number, example: 0 })
  readonly statement_id: number;
}

export class StatementResults {
  @ApiProperty({ type: [StatementResult] })
  readonly results: readonly StatementResult[];
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
