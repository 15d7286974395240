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

interface Listed {
  readonly id: string;
}

/** The contents and the order of a list. */
export interface ListScope<Entity> {
  /** All rows that were ever in the list: a deleted row is still a valid cursor. */
  readonly ever: FindOptionsWhere<Entity>;
  readonly where: FindOptionsWhere<Entity>;
  /** The time column to order by, before the id. By default `createdAt`. */
  readonly by?: keyof Entity & string;
  /** By default oldest first. */
  readonly sort?: Sort | undefined;
  readonly select?: ListOptions<Entity>['select'];
}

/**
 * One page of a list, from an offset or after a row.
 *
 * If the row after which the page starts no longer exists, its id determines the place. Ids and times order rows alike, except
 * rows that two instances created within the same second.
 *
 * @throws ValidationError if both are given
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

/** The qualified id column next to another column such as `Bucket.createdAt`. */
function idBeside(column: string): string {
  return `${column.slice(0, column.lastIndexOf('.'))}.id`;
}
