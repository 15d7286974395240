import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ChoiceField } from '../common/validation/fields';
import { STATES, type State } from './readiness';

export class HealthReply {
  @ApiProperty({ enum: ['ok'], example: 'ok' })
  readonly status: 'ok';
}

export class ReadinessQuery {
  @ChoiceField(
    { values: ['read', 'write'], required: false, message: 'for must be read or write' },
    {
      description: 'What the server is needed for. `read` is answered with 200 as long as queries and key checks work',
      default: 'write',
    },
  )
  readonly for?: 'read' | 'write';
}

export class ReadinessChecks {
  @ApiProperty({ enum: STATES, description: 'Whether the database answers', example: 'ok' })
  readonly read: State;

  @ApiProperty({
    enum: STATES,
    description: 'Whether an empty transaction got its turn, and there is room on the disk',
    example: 'full',
  })
  readonly write: State;

  @ApiProperty({
    enum: ['ok', 'damaged'],
    description: 'Whether a request found damaged data in the last five minutes',
    example: 'ok',
  })
  readonly data: 'ok' | 'damaged';
}

export class ReadinessReply extends HealthReply {
  @ApiProperty({ description: 'Version of the server', example: '0.1.0' })
  readonly version: string;

  @ApiPropertyOptional({ type: ReadinessChecks, description: 'Only where one of them is not `ok`' })
  readonly checks?: ReadinessChecks;

  @ApiPropertyOptional({
    type: String,
    description:
      'The name of the complete copy that was made after the SQLite file was deleted, moved or replaced. The log has its folder',
    example: 'dakkio.db.rescue-20260131T120000Z',
  })
  readonly rescueFile?: string;

  @ApiPropertyOptional({
    type: Number,
    description:
      "By how many seconds the server's clock is ahead of the database's, below zero where it is behind; only where they " +
      'are more than 5 apart',
    example: 20.1,
  })
  readonly clockOffsetSeconds?: number;
}
