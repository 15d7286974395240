import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import type { Source } from '../sources/source.entity';
import type { Field } from '../sources/schema';
import type { NumberSet } from '../points/ascending-numbers';
import type { PointStore, Range } from '../points/point-store';
import { othersOf, valueOf } from '../points/values';
import { ranksOf, type Aggregation } from './aggregations';
import type { SourceGroups } from './grouped-query';
import { pagesOf } from './point-pages';
import { RankSearch } from './rank-search';

/** The fields searched in one pass: each search takes up to 1.5 MB. */
const FIELDS_PER_SEARCH = 16;

interface SearchOptions {
  readonly fields: readonly Field[];
  readonly range: Range;
  readonly aggregations: readonly Aggregation[];
  readonly metas: NumberSet | undefined;
  /** The number of values that all searches of a pass may keep. */
  readonly values: number;
  readonly yieldTurn: YieldTurn;
}

/** Finds the values that quantiles need, in a single group with more values than fit into memory, by reading the points several times. */
export async function searchRanks(
  manager: EntityManager,
  store: PointStore,
  source: Source,
  groups: SourceGroups,
  options: SearchOptions,
): Promise<void> {
  const { fields, range, aggregations, metas, values, yieldTurn } = options;
  const searches = fields.flatMap((field, index) => {
    const group = groups.fields[0]?.[index];
    return group && field.type === 'number' && group.summary.n > 0 ? [{ field, group }] : [];
  });
  for (let start = 0; start < searches.length; start += FIELDS_PER_SEARCH) {
    const some = searches.slice(start, start + FIELDS_PER_SEARCH).map(({ field, group }) => {
      const ranks = ranksOf(group.summary.n, aggregations);
      const search = new RankSearch(ranks, Math.floor(values / FIELDS_PER_SEARCH));
      group.findRanksWith((rank) => search.valueAt(rank));
      return { field, search };
    });
    while (some.some(({ search }) => !search.isDone)) {
      for await (const points of pagesOf(manager, store, source, range, { yieldTurn }))
        for (const point of points) {
          if (metas && !metas.has(point.meta)) continue;
          const others = othersOf(point);
          for (const { field, search } of some) {
            const value = valueOf(field, point.columns, others);
            if (typeof value === 'number') search.add(value);
          }
        }
      for (const { search } of some) search.endPass();
      await yieldTurn();
    }
  }
}
