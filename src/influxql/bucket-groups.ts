import { TurnPace } from '../common/http/yield';
import type { Range } from '../points/point-store';
import { FieldGroup, type Aggregation } from '../query/aggregations';
import { groupPoints } from '../query/grouped-query';
import { AGGREGATES } from './functions';
import { isExtremeOfBooleans } from './aggregate-values';
import { fieldOf, type GroupPlan } from './group-plan';
import { InfluxQLError } from './influxql-error';
import { MergedGroup } from './merged-group';
import { matchingRows } from './raw-rows';

/** The most values kept at a time for `median` and `percentile`. */
export const MOST_VALUES = 2_000_000;

/** By time bucket and field name. */
export type BucketGroups = readonly Map<string, MergedGroup>[];

/** Aggregates the fields of a group by time bucket, from rollups where the condition has no fields. */
export async function bucketGroups(plan: GroupPlan, starts: readonly number[], range: Range): Promise<BucketGroups> {
  const inputs = plan.inputs.filter(({ aggregate }) => aggregate !== undefined);
  const names = [...new Set(inputs.map(({ name }) => name))];
  const aggregations = [...new Set(inputs.flatMap(({ aggregate = '' }) => AGGREGATES[aggregate]?.needs ?? []))];
  const buckets = starts.slice(1).map(() => new Map<string, MergedGroup>());
  // Rollups do not have the extremes of booleans.
  const ordered = new Set(inputs.filter((one) => isExtremeOfBooleans(one, plan.fields)).map(({ name }) => name));
  const isPlain = ordered.size === 0 && plan.sources.every(({ filter }) => filter === true);
  if (isPlain) await addSources(plan, { starts, range, names, aggregations, buckets, ordered });
  else await addMatching(plan, { starts, range, names, aggregations, buckets, ordered });
  return buckets;
}

interface Wanted {
  readonly starts: readonly number[];
  readonly range: Range;
  readonly names: readonly string[];
  readonly aggregations: readonly Aggregation[];
  readonly buckets: BucketGroups;
  /** Names of fields with booleans that are compared, as 0 and 1. */
  readonly ordered: ReadonlySet<string>;
}

async function addSources(
  { manager, store, sources, fields: types, yieldTurn }: GroupPlan,
  { starts, range, names, aggregations, buckets }: Wanted,
): Promise<void> {
  let values = 0;
  const pace = new TurnPace(yieldTurn);
  for (const { source, extent } of sources) {
    const within: Range = [Math.max(range[0], extent[0]), Math.min(range[1], extent[1])];
    const fields = names
      .flatMap((name) => fieldOf(source, name) ?? [])
      .filter(({ name, type }) => types.get(name) === type);
    if (within[0] >= within[1] || fields.length === 0) continue;
    const groups = await groupPoints(manager, store, source, {
      ...{ range: within, starts, fields, aggregations, metas: undefined, countsNone: true, yieldTurn },
    });
    for (const [index, found] of groups.fields.entries()) {
      if (!found) continue;
      if (pace.isDue) await pace.yield();
      for (const [place, { name }] of fields.entries()) {
        const group = found[place];
        if (!group || group.summary.n === 0) continue;
        merge(buckets[index], name, group);
        values += group.values.length;
      }
    }
    requireFew(values);
    await yieldTurn();
  }
}

async function addMatching(
  plan: GroupPlan,
  { starts, range, names, aggregations, buckets, ordered }: Wanted,
): Promise<void> {
  const keepsEach = aggregations.includes('median');
  const open = new Map<string, FieldGroup>();
  let index = 0;
  let kept = 0;
  const close = () => {
    for (const [name, group] of open) merge(buckets[index], name, group);
    open.clear();
  };
  for await (const rows of matchingRows({ ...plan, sort: 'asc' }, range, names))
    for (const { at, meta, values } of rows) {
      if (at >= (starts[index + 1] ?? Infinity)) close();
      while (at >= (starts[index + 1] ?? Infinity)) index += 1;
      for (const name of names) {
        const value = Object.hasOwn(values, name) ? values[name] : undefined;
        const type = plan.fields.get(name);
        if (value === undefined || typeof value !== type) continue;
        let group = open.get(name);
        if (!group) open.set(name, (group = new FieldGroup(keepsEach && type === 'number')));
        group.add({ at, meta }, ordered.has(name) ? Number(value) : value);
        if (keepsEach) requireFew((kept += 1));
      }
    }
  close();
}

function merge(bucket: Map<string, MergedGroup> | undefined, name: string, group: FieldGroup): void {
  let merged = bucket?.get(name);
  if (!merged) bucket?.set(name, (merged = new MergedGroup()));
  merged?.merge(group);
}

function requireFew(values: number): void {
  if (values > MOST_VALUES)
    throw new InfluxQLError(
      `median() and percentile() of more than ${MOST_VALUES} values at a time: narrow the time range or group by a tag`,
    );
}
