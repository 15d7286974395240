import { Column, Entity, PrimaryColumn } from 'typeorm';
import { MillisColumn } from './columns';

/** How far long work of the command line has come, so that it goes on there when it was interrupted. */
@Entity('long_tasks')
export class ResumableTask {
  @PrimaryColumn({ type: 'varchar', length: 100 })
  readonly name: string;

  /** JSON, as the task understands it. */
  @Column({ type: 'text' })
  readonly state: string;

  @MillisColumn('updated_at')
  readonly updatedAt: number;
}
