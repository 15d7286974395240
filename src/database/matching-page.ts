import { In, type EntityManager, type EntityTarget, type FindOptionsWhere } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import { comparisonOf, isByAge, type ListSort, type OrderedRow } from '../common/list-order';
import { afterUnknown, requireOneStart, type CursorQuery, type ListPage } from '../common/pagination';
import { findScanned, scanRows, type Scan } from './scan-rows';
import { selectPage } from './select-page';

/** Building this many entities takes two or three milliseconds. */
const READ_AT_ONCE = 100;

/** A list that is filtered or sorted in memory. */
export interface MatchingScope<Row> {
  readonly scan: Scan;
  readonly matches: (row: Row) => boolean;
  readonly sort: ListSort | undefined;
}

/** The ids of a page. */
export interface MatchingIds {
  readonly ids: readonly string[];
  readonly total: number;
  readonly hasMore: boolean;
}

/**
 * One page of a list that an index cannot filter or sort, such as one that is searched by name. Looks at every row of the list,
 * because the answer says how many match.
 *
 * @throws ValidationError if both `after` and `offset` are sent, and for an `after` whose place is unknown
 */
export async function findMatchingIds<Row extends OrderedRow>(
  manager: EntityManager,
  { scan, matches, sort }: MatchingScope<Row>,
  page: CursorQuery,
  yieldTurn: YieldTurn,
): Promise<MatchingIds> {
  requireOneStart(page);
  const { after, offset, limit } = page;
  const isBehind = after === undefined ? undefined : await behind(manager, scan, sort, after);
  const selection = { matches, compare: comparisonOf(sort), isBehind, offset, limit };
  const { rows, total, hasMore } = await selectPage(scanRows<Row>(manager, scan, yieldTurn), selection, yieldTurn);
  return { ids: rows.map(({ id }) => id), total, hasMore };
}

/** The same with whole rows, without those that are deleted meanwhile. */
export async function findMatchingPage<Entity extends { readonly id: string }, Row extends OrderedRow>(
  manager: EntityManager,
  target: EntityTarget<Entity>,
  scope: MatchingScope<Row> & { readonly where?: FindOptionsWhere<Entity> },
  page: CursorQuery,
  yieldTurn: YieldTurn,
): Promise<ListPage<Entity>> {
  const { ids, total, hasMore } = await findMatchingIds(manager, scope, page, yieldTurn);
  const rows: Entity[] = [];
  for (let start = 0; start < ids.length; start += READ_AT_ONCE) {
    if (start > 0) await yieldTurn();
    const some = ids.slice(start, start + READ_AT_ONCE);
    const where = { ...scope.where, id: In(some) } as FindOptionsWhere<Entity>;
    const found = new Map((await manager.find(target, { where })).map((entity) => [entity.id, entity]));
    rows.push(...some.flatMap((id) => found.get(id) ?? []));
  }
  return [rows, total, hasMore];
}

/** Whether a row is behind another one, of which only the id may be known: ids are in the order of creation. */
async function behind(
  manager: EntityManager,
  scan: Scan,
  sort: ListSort | undefined,
  after: string,
): Promise<(row: OrderedRow) => boolean> {
  const place = await findScanned<OrderedRow>(manager, scan, after);
  const compare = comparisonOf(sort);
  if (place) return (row) => compare(row, place) > 0;
  if (!isByAge(sort)) throw afterUnknown();
  return sort === 'desc' ? ({ id }) => id < after : ({ id }) => id > after;
}
