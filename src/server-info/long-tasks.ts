import type { OpenTask } from '../database/resumable-tasks';

/** Work that takes long and is done in steps. */
export interface LongTask {
  readonly name: 'deletion' | 'rollups:rebuild' | 'import' | 'data:fix-seconds';
  /** What is counted. */
  readonly unit: 'points' | 'records';
  readonly done: number;
  /** Null where it is not known. */
  readonly total: number | null;
  /** When its last step ended; null for work that stores no progress. */
  readonly updatedAt: number | null;
}

const numberIn = (state: OpenTask['state'], name: string) => (typeof state[name] === 'number' ? state[name] : 0);

/** A task of an operator's command as the API shows it; undefined for tasks of the server itself. */
export function toLongTask({ name, state, updatedAt }: OpenTask, allPoints: number): LongTask | undefined {
  const [kind = ''] = name.split(' ');
  switch (kind) {
    case 'rollups:rebuild':
      return { name: kind, unit: 'points', done: numberIn(state, 'points'), total: allPoints, updatedAt };
    case 'import':
      return { name: kind, unit: 'records', done: numberIn(state, 'records'), total: null, updatedAt };
    case 'data:fix-seconds': {
      const done = numberIn(state, 'moved') + numberIn(state, 'duplicates');
      return { name: kind, unit: 'points', done, total: null, updatedAt };
    }
    default:
      return undefined;
  }
}
