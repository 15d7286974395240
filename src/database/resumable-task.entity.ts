import { Column, Entity, PrimaryColumn } from 'typeorm';
import { MillisColumn } from './columns';

/** The progress of a long CLI command, so that it can resume after an interruption. */
@Entity('long_tasks')
export class ResumableTask {
  @PrimaryColumn({ type: 'varchar', length: 100 })
  readonly name: string;

  /** JSON in the task's format. */
  @Column({ type: 'text' })
  readonly state: string;

  @MillisColumn('updated_at')
  readonly updatedAt: number;
}
