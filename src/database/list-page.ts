import { MoreThan, Raw, type EntityManager, type EntityTarget, type FindOptionsWhere } from 'typeorm';
import type { Pause } from '../common/http/pause';
import { requireOneStart, type CursorQuery } from '../common/pagination';
import { findAndCountInSlices } from './find-in-slices';

/** What is listed: rows that know when they were created. */
interface Listed {
  readonly id: string;
  readonly createdAt: number;
}

/** Rows of a list, how many the whole list has, and whether more follow. */
export type ListPage<Entity> = [rows: Entity[], total: number, hasMore: boolean];

/** Where a list begins, and what is in it. */
export interface ListScope<Entity> {
  /** The rows that were ever in the list: a deleted one still marks a place in it. */
  readonly ever: FindOptionsWhere<Entity>;
  readonly where: FindOptionsWhere<Entity>;
}

/**
 * One page of a list, oldest first, from an offset or behind a row.
 *
 * A row that was removed for good is found no more: then the ids tell the order, which is the same but for rows that two
 * instances of the server created within one second.
 *
 * @throws ValidationError where the page is named in both ways
 */
export async function findPage<Entity extends Listed>(
  manager: EntityManager,
  target: EntityTarget<Entity>,
  { ever, where }: ListScope<Entity>,
  page: CursorQuery,
  pause: Pause,
): Promise<ListPage<Entity>> {
  requireOneStart(page);
  const { limit, offset, after } = page;
  const place = after === undefined ? {} : await behind(manager, target, ever, after);
  const options = {
    where: { ...where, ...place },
    order: { createdAt: 'ASC', id: 'ASC' } as never,
    take: limit,
    skip: offset,
  };
  const [rows, remaining] = await findAndCountInSlices(manager, target, options, pause);
  const total = after === undefined ? remaining : await manager.countBy(target, where);
  return [rows, total, offset + rows.length < remaining];
}

async function behind<Entity extends Listed>(
  manager: EntityManager,
  target: EntityTarget<Entity>,
  ever: FindOptionsWhere<Entity>,
  after: string,
): Promise<object> {
  const select = { id: true, createdAt: true } as never;
  const found = await manager.findOne(target, { select, where: { ...ever, id: after } });
  if (!found) return { id: MoreThan(after) };
  const parameters = { createdAt: found.createdAt, after };
  return {
    createdAt: Raw((column) => `(${column}, ${idBeside(column)}) > (:createdAt, :after)`, parameters),
  };
}

/** The id of the same row as another column: `Bucket.createdAt`. */
function idBeside(column: string): string {
  return `${column.slice(0, column.lastIndexOf('.'))}.id`;
}
