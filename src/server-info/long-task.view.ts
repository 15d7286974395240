import { ApiProperty } from '@nestjs/swagger';
import { CountProperty, TimeProperty } from '../common/openapi/openapi-fields';
import { isoTime } from '../common/times';
import type { LongTask } from './long-tasks';

/** A task that is not complete. */
export class LongTaskView {
  @ApiProperty({
    enum: ['deletion', 'rollups:rebuild', 'import', 'data:fix-seconds'],
    description:
      '`deletion`: points of deleted data sources and buckets are removed. The others are commands of the operator',
    example: 'rollups:rebuild',
  })
  readonly name: LongTask['name'];

  @ApiProperty({ enum: ['points', 'records'], description: 'What `done` and `total` count', example: 'points' })
  readonly unit: LongTask['unit'];

  @CountProperty(250_000)
  readonly done: number;

  @CountProperty(1_000_000, { nullable: true, description: 'Null where it is not known' })
  readonly total: number | null;

  @TimeProperty('2024-01-15T10:30:00.000Z', {
    nullable: true,
    description: 'When its last step ended: long ago for a command that was interrupted. Null for a deletion',
  })
  readonly updatedAt: string | null;

  constructor({ name, unit, done, total, updatedAt }: LongTask) {
    Object.assign(this, { name, unit, done, total, updatedAt: updatedAt === null ? null : isoTime(updatedAt) });
  }
}
