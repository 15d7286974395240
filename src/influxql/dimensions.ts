import type { YieldTurn } from '../common/http/yield';
import { sortRows } from '../common/sort-rows';
import { compareTexts, type Measurement } from './catalog';
import { filterOf, type Filter } from './filters';
import type { FoundSeries } from '../sources/series-scan';
import { keyOf } from './show';
import { inTurns } from './in-turns';
import type { Expression, SelectStatement } from './syntax';

/** A series with the condition for its points. */
export interface FilteredSeries extends FoundSeries {
  readonly filter: Exclude<Filter, false>;
}

/** Series with the same values of the grouped tags. */
export interface TagGroup {
  readonly tags: Readonly<Record<string, string>>;
  readonly series: readonly FilteredSeries[];
}

/** The names of the tags by which a statement groups, sorted. */
export async function dimensionsOf(
  { groupByTags, groupsByAllTags }: SelectStatement,
  measurements: readonly Measurement[],
  yieldTurn: YieldTurn,
): Promise<readonly string[]> {
  const all = new Set(measurements.flatMap(({ tags }) => [...tags]));
  for (const one of groupByTags) if (typeof one !== 'string') await one.learn(all, yieldTurn);
  const named = groupByTags.flatMap((one) => (typeof one === 'string' ? one : [...all].filter((tag) => one.test(tag))));
  return [...new Set([...named, ...(groupsByAllTags ? all : [])])].sort();
}

/** The series that may have matching points, in the order of their names. */
export async function filteredSeries(
  { series, fields }: Measurement,
  condition: Expression | undefined,
  yieldTurn: YieldTurn,
): Promise<FilteredSeries[]> {
  const kept: { readonly key: string; readonly one: FilteredSeries }[] = [];
  for await (const one of inTurns(series, yieldTurn)) {
    const filter = filterOf(condition, { isField: (name) => fields.has(name), tags: one.tags });
    if (filter !== false) kept.push({ key: keyOf(one), one: { ...one, filter } });
  }
  const sorted = await sortRows(kept, (one, other) => compareTexts(one.key, other.key), yieldTurn);
  return sorted.map(({ one }) => one);
}

/** In the order of their tags. */
export async function groupsOf(
  series: readonly FilteredSeries[],
  dimensions: readonly string[],
  yieldTurn: YieldTurn,
): Promise<TagGroup[]> {
  const groups = new Map<string, { tags: Record<string, string>; series: FilteredSeries[] }>();
  for await (const one of inTurns(series, yieldTurn)) {
    const values = dimensions.map((name) => (Object.hasOwn(one.tags, name) ? (one.tags[name] ?? '') : ''));
    const key = values.join('\0');
    const known = groups.get(key);
    if (known) known.series.push(one);
    else
      groups.set(key, {
        tags: Object.fromEntries(dimensions.map((name, index) => [name, values[index] ?? ''])),
        series: [one],
      });
  }
  const sorted = await sortRows([...groups], ([one], [other]) => compareTexts(one, other), yieldTurn);
  return sorted.map(([, group]) => group);
}
