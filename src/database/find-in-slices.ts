import {
  In,
  type EntityManager,
  type EntityTarget,
  type FindManyOptions,
  type FindOptionsWhere,
  type ObjectLiteral,
} from 'typeorm';
import type { YieldTurn } from '../common/http/yield';

/** So many rows become entities in two or three milliseconds. It is the default length of a list. */
const ROWS_PER_SLICE = 100;

/** What `find` takes, as far as a list needs it. */
export type ListOptions<Entity> = Pick<FindManyOptions<Entity>, 'select' | 'where' | 'order' | 'skip' | 'take'>;

/**
 * One page of a list, and the length of the whole list, as `findAndCount` gives them, with pauses in between. The page is
 * that of one moment, but for rows that do not belong to it any more when their slice is read: they are left out.
 *
 * @param key the entity's primary key
 */
export async function findAndCountInSlices<Entity extends ObjectLiteral>(
  manager: EntityManager,
  target: EntityTarget<Entity>,
  options: ListOptions<Entity>,
  yieldTurn: YieldTurn,
  key: keyof Entity & string = 'id',
): Promise<[Entity[], number]> {
  const [first, total] = await manager.findAndCount(target, firstOf(options));
  return [isAll(first, options) ? first : await readSlices(manager, target, { options, first, yieldTurn, key }), total];
}

/** The same without the length of the whole list. */
export async function findInSlices<Entity extends ObjectLiteral>(
  manager: EntityManager,
  target: EntityTarget<Entity>,
  options: ListOptions<Entity>,
  yieldTurn: YieldTurn,
  key: keyof Entity & string = 'id',
): Promise<Entity[]> {
  const first = await manager.find(target, firstOf(options));
  return isAll(first, options) ? first : readSlices(manager, target, { options, first, yieldTurn, key });
}

function firstOf<Entity>(options: ListOptions<Entity>): ListOptions<Entity> {
  return { ...options, take: Math.min(options.take ?? Infinity, ROWS_PER_SLICE) };
}

function isAll<Entity>({ length }: readonly Entity[], { take = Infinity }: ListOptions<Entity>): boolean {
  return length < ROWS_PER_SLICE || take <= ROWS_PER_SLICE;
}

interface Slices<Entity> {
  readonly options: ListOptions<Entity>;
  /** The rows of the first slice, as they were a moment ago. */
  readonly first: readonly Entity[];
  readonly yieldTurn: YieldTurn;
  readonly key: keyof Entity & string;
}

/** The keys of all rows are read at once, and then the rows of those that are not known yet. */
async function readSlices<Entity extends ObjectLiteral>(
  manager: EntityManager,
  target: EntityTarget<Entity>,
  { options, first, yieldTurn, key }: Slices<Entity>,
): Promise<Entity[]> {
  const { select, where = {}, ...page } = options;
  const rows = await manager
    .createQueryBuilder(target, 'row')
    .setFindOptions({ where, ...page })
    .select(`row.${key}`, 'key')
    .getRawMany<{ key: string | number }>();
  const known = new Map(first.map((entity) => [String(entity[key]), entity]));
  const found: Entity[] = [];
  for (let start = 0; start < rows.length; start += ROWS_PER_SLICE) {
    await yieldTurn();
    const keys = rows.slice(start, start + ROWS_PER_SLICE).map((row) => row.key);
    const unknown = keys.filter((one) => !known.has(String(one)));
    if (unknown.length > 0)
      for (const entity of await manager.find(target, {
        ...(select && { select }),
        where: within(where, key, unknown),
      }))
        known.set(String(entity[key]), entity);
    for (const one of keys) {
      const entity = known.get(String(one));
      if (entity) found.push(entity);
    }
  }
  return found;
}

/** The same alternatives, of these keys alone. */
function within<Entity>(
  where: NonNullable<FindManyOptions<Entity>['where']>,
  key: keyof Entity & string,
  keys: readonly (string | number)[],
): FindOptionsWhere<Entity>[] {
  const alternatives = Array.isArray(where) ? where : [where];
  return alternatives.map((one) => ({ ...one, [key]: In(keys) }) as FindOptionsWhere<Entity>);
}
