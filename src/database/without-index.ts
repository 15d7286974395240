import type { EntityManager } from 'typeorm';
import { isPostgres } from './sql';

/**
 * SQL for a column in a condition for which SQLite must not choose an index, because it should read in the order of another one. It
 * always prefers an index for an equality to one that saves sorting; PostgreSQL compares their costs.
 */
export function withoutIndex(manager: EntityManager, column: string): string {
  // With a space, or TypeORM would not find the name of its column.
  return isPostgres(manager) ? column : `+ ${column}`;
}
