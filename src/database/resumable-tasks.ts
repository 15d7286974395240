import type { EntityManager } from 'typeorm';
import { query } from './sql';

const SAVE = `INSERT INTO long_tasks (name, state, updated_at) VALUES (?, ?, ?)
  ON CONFLICT (name) DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at`;
const LIST = 'SELECT name, state, updated_at AS "updatedAt" FROM long_tasks ORDER BY name LIMIT ?';

/** The saved progress of a task; undefined if it has not begun or is complete. */
export async function readTask<State>(manager: EntityManager, name: string): Promise<State | undefined> {
  const [row] = await query<{ state: string }>(manager, 'SELECT state FROM long_tasks WHERE name = ?', [name]);
  return row && (JSON.parse(row.state) as State);
}

/** @param manager of a transaction of the writer */
export async function saveTask(manager: EntityManager, name: string, state: object): Promise<void> {
  await query(manager, SAVE, [name, JSON.stringify(state), Date.now()]);
}

/** @param manager of a transaction of the writer */
export async function endTask(manager: EntityManager, name: string): Promise<void> {
  await query(manager, 'DELETE FROM long_tasks WHERE name = ?', [name]);
}

/** A task that has begun and is not complete. It runs, or was interrupted. */
export interface OpenTask {
  readonly name: string;
  readonly state: Readonly<Record<string, unknown>>;
  /** When its last step ended, in milliseconds since 1970. */
  readonly updatedAt: number;
}

/** The tasks that are not complete, by name; at most `limit`. */
export async function listTasks(manager: EntityManager, limit: number): Promise<OpenTask[]> {
  const rows = await query<{ name: string; state: string; updatedAt: number }>(manager, LIST, [limit]);
  return rows.map(({ name, state, updatedAt }) => ({
    ...{ name, updatedAt: Number(updatedAt) },
    state: JSON.parse(state) as OpenTask['state'],
  }));
}
