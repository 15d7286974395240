import type { Range } from '../points/point-store';
import { FieldGroup, type Aggregation } from '../query/aggregations';
import { groupPoints } from '../query/grouped-query';
import { AGGREGATES } from './functions';
import { fieldOf, type GroupPlan } from './group-plan';
import { InfluxQLError } from './influxql-error';
import { matchingRows } from './raw-rows';

/** The most values kept at a time for `median` and `percentile`. */
const MOST_VALUES = 2_000_000;

/** By time bucket and field name: what was computed of each data source. */
export type BucketGroups = readonly Map<string, FieldGroup[]>[];

/** Aggregates the fields of a group by time bucket, from rollups where the condition has no fields. */
export async function bucketGroups(plan: GroupPlan, starts: readonly number[], range: Range): Promise<BucketGroups> {
  const inputs = plan.inputs.filter(({ aggregate }) => aggregate !== undefined);
  const names = [...new Set(inputs.map(({ name }) => name))];
  const aggregations = [...new Set(inputs.flatMap(({ aggregate = '' }) => AGGREGATES[aggregate]?.needs ?? []))];
  const buckets = starts.slice(1).map(() => new Map<string, FieldGroup[]>());
  const isPlain = plan.sources.every(({ filter }) => filter === true);
  if (isPlain) await addSources(plan, { starts, range, names, aggregations, buckets });
  else await addMatching(plan, { starts, range, names, aggregations, buckets });
  return buckets;
}

interface Wanted {
  readonly starts: readonly number[];
  readonly range: Range;
  readonly names: readonly string[];
  readonly aggregations: readonly Aggregation[];
  readonly buckets: readonly Map<string, FieldGroup[]>[];
}

async function addSources(
  { manager, store, sources, fields: types, yieldTurn }: GroupPlan,
  { starts, range, names, aggregations, buckets }: Wanted,
): Promise<void> {
  let values = 0;
  for (const { source, extent } of sources) {
    const within: Range = [Math.max(range[0], extent[0]), Math.min(range[1], extent[1])];
    const fields = names
      .flatMap((name) => fieldOf(source, name) ?? [])
      .filter(({ name, type }) => types.get(name) === type);
    if (within[0] >= within[1] || fields.length === 0) continue;
    const groups = await groupPoints(manager, store, source, {
      ...{ range: within, starts, fields, aggregations, metas: undefined, yieldTurn },
    });
    for (const [index, found] of groups.fields.entries()) {
      if (!found) continue;
      for (const [place, { name }] of fields.entries()) {
        const group = found[place];
        if (!group || group.summary.n === 0) continue;
        add(buckets[index], name, group);
        values += group.values.length;
      }
    }
    requireFew(values);
    await yieldTurn();
  }
}

async function addMatching(plan: GroupPlan, { starts, range, names, aggregations, buckets }: Wanted): Promise<void> {
  const keepsEach = aggregations.includes('median');
  let index = 0;
  let kept = 0;
  for await (const rows of matchingRows({ ...plan, sort: 'asc' }, range, names))
    for (const { at, meta, values } of rows) {
      while (at >= (starts[index + 1] ?? Infinity)) index += 1;
      const bucket = buckets[index];
      for (const name of names) {
        const value = Object.hasOwn(values, name) ? values[name] : undefined;
        const type = plan.fields.get(name);
        if (value === undefined || typeof value !== type) continue;
        const group = bucket?.get(name)?.[0] ?? add(bucket, name, new FieldGroup(keepsEach && type === 'number'));
        group.add({ at, meta }, value);
        if (keepsEach) requireFew((kept += 1));
      }
    }
}

function add(bucket: Map<string, FieldGroup[]> | undefined, name: string, group: FieldGroup): FieldGroup {
  const known = bucket?.get(name);
  if (known) known.push(group);
  else bucket?.set(name, [group]);
  return group;
}

function requireFew(values: number): void {
  if (values > MOST_VALUES)
    throw new InfluxQLError(
      `median() and percentile() of more than ${MOST_VALUES} values at a time: narrow the time range or group by a tag`,
    );
}
