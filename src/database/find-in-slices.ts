import {
  In,
  type EntityManager,
  type EntityTarget,
  type FindManyOptions,
  type FindOptionsWhere,
  type ObjectLiteral,
} from 'typeorm';
import type { YieldTurn } from '../common/http/yield';

/** Building this many entities takes two or three milliseconds. It is also the default length of a list. */
const ROWS_PER_SLICE = 100;

/** The options of `find` that lists need. */
export type ListOptions<Entity> = Pick<FindManyOptions<Entity>, 'select' | 'where' | 'order' | 'skip' | 'take'>;

/**
 * Like `findAndCount`, but yields to other requests between slices. The page is a snapshot, without rows that no longer match
 * when their slice is read.
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

/** Like `findAndCountInSlices`, without the total. */
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
  /** The rows of the first slice, which are not read again. */
  readonly first: readonly Entity[];
  readonly yieldTurn: YieldTurn;
  readonly key: keyof Entity & string;
}

/** Reads the keys of all rows at once, then the missing rows slice by slice. */
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

/** The same conditions, limited to these keys. */
function within<Entity>(
  where: NonNullable<FindManyOptions<Entity>['where']>,
  key: keyof Entity & string,
  keys: readonly (string | number)[],
): FindOptionsWhere<Entity>[] {
  const alternatives = Array.isArray(where) ? where : [where];
  return alternatives.map((one) => ({ ...one, [key]: In(keys) }) as FindOptionsWhere<Entity>);
}
