import {
  LessThan,
  MoreThan,
  Raw,
  type EntityManager,
  type EntityTarget,
  type FindOptionsOrder,
  type FindOptionsWhere,
} from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import { requireOneStart, type CursorQuery, type ListPage, type Sort } from '../common/pagination';
import { findAndCountInSlices, type ListOptions } from './find-in-slices';

/** What is listed. */
interface Listed {
  readonly id: string;
}

/** Where a list begins, what is in it, and its order. */
export interface ListScope<Entity> {
  /** The rows that were ever in the list: a deleted one still marks a place in it. */
  readonly ever: FindOptionsWhere<Entity>;
  readonly where: FindOptionsWhere<Entity>;
  /** The time that rows are ordered by, and then by their ids. By default when they were created. */
  readonly by?: keyof Entity & string;
  /** By default oldest first. */
  readonly sort?: Sort | undefined;
  readonly select?: ListOptions<Entity>['select'];
}

/**
 * One page of a list from an offset or behind a row, in the list's order.
 *
 * A row that was removed for good is found no more: then the ids tell the order, which is the same but for rows that two
 * instances of the server created within one second.
 *
 * @throws ValidationError where the page is named in both ways
 */
export async function findPage<Entity extends Listed>(
  manager: EntityManager,
  target: EntityTarget<Entity>,
  scope: ListScope<Entity>,
  page: CursorQuery,
  yieldTurn: YieldTurn,
): Promise<ListPage<Entity>> {
  requireOneStart(page);
  const { limit, offset, after } = page;
  const { where, select, sort = 'asc', by = 'createdAt' as keyof Entity & string } = scope;
  const place = after === undefined ? {} : await behind(manager, target, { ...scope, by, sort }, after);
  const options = {
    ...(select && { select }),
    where: { ...where, ...place },
    order: { [by]: sort, id: sort } as FindOptionsOrder<Entity>,
    take: limit,
    skip: offset,
  };
  const [rows, remaining] = await findAndCountInSlices(manager, target, options, yieldTurn);
  const total = after === undefined ? remaining : await manager.countBy(target, where);
  return [rows, total, offset + rows.length < remaining];
}

async function behind<Entity extends Listed>(
  manager: EntityManager,
  target: EntityTarget<Entity>,
  { ever, by, sort }: ListScope<Entity> & { readonly by: keyof Entity & string },
  after: string,
): Promise<object> {
  const select = { id: true, [by]: true } as never;
  const found = await manager.findOne(target, { select, where: { ...ever, id: after } });
  if (!found) return { id: sort === 'desc' ? LessThan(after) : MoreThan(after) };
  const isBehind = sort === 'desc' ? '<' : '>';
  const parameters = { time: found[by], after };
  return { [by]: Raw((column) => `(${column}, ${idBeside(column)}) ${isBehind} (:time, :after)`, parameters) };
}

/** The id of the same row as another column: `Bucket.createdAt`. */
function idBeside(column: string): string {
  return `${column.slice(0, column.lastIndexOf('.'))}.id`;
}
