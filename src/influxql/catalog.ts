import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BucketAccess } from '../buckets/bucket-access';
import { visibleFrom } from '../common/retention';
import type { FieldType } from '../sources/schema';
import { SeriesNames } from '../sources/series-names';
import { findSeriesOf, type FoundSeries } from '../sources/series-scan';
import type { StatementContext } from './statement-context';
import type { MeasurementRef } from './syntax';

/** A measurement with its series. */
export interface Measurement {
  readonly name: string;
  readonly series: readonly FoundSeries[];
  /** By name. A field with several types has the one of most use: number, then text, then boolean. */
  readonly fields: ReadonlyMap<string, FieldType>;
  readonly tags: ReadonlySet<string>;
  /** The start of the retention of its bucket. */
  readonly visibleFrom: number;
}

const BY_USE: readonly FieldType[] = ['number', 'string', 'boolean'];

/** Finds the measurements that statements name. */
@Injectable()
export class Catalog {
  constructor(
    private readonly dataSource: DataSource,
    private readonly buckets: BucketAccess,
    private readonly names: SeriesNames,
  ) {}

  /**
   * The measurements that the key can see, sorted by name.
   *
   * @param from empty for all of the database
   * @throws InfluxQLError for an unknown database
   */
  async find(
    context: StatementContext,
    from: readonly MeasurementRef[],
    database = context.database,
  ): Promise<Measurement[]> {
    const named = new Map<string | undefined, MeasurementRef['measurement'][]>();
    for (const ref of from) {
      const name = ref.database ?? database;
      named.set(name, [...(named.get(name) ?? []), ref.measurement]);
    }
    if (from.length === 0) named.set(database, []);
    const measurements: Measurement[] = [];
    for (const [name, wanted] of named) measurements.push(...(await this.findIn(context, name, wanted)));
    return measurements.sort((one, other) => compareTexts(one.name, other.name));
  }

  private async findIn(
    { key, databases, now, yieldTurn }: StatementContext,
    database: string | undefined,
    from: readonly MeasurementRef['measurement'][],
  ): Promise<Measurement[]> {
    const bucketId = await databases.bucketIdOf(database);
    const bucket = await this.buckets.get(key, bucketId);
    const byName = new Map<string, FoundSeries[]>();
    const { manager } = this.dataSource;
    for await (const some of findSeriesOf(manager, this.names, { key, bucketId, from, yieldTurn }))
      for (const series of some) {
        const known = byName.get(series.measurement);
        if (known) known.push(series);
        else byName.set(series.measurement, [series]);
      }
    const visible = visibleFrom(bucket, now);
    return [...byName].map(([name, series]) => ({ ...{ name, series, visibleFrom: visible }, ...namesIn(series) }));
  }
}

function namesIn(series: readonly FoundSeries[]): Pick<Measurement, 'fields' | 'tags'> {
  const fields = new Map<string, FieldType>();
  const tags = new Set<string>();
  for (const schema of new Set(series.map((one) => one.schema)))
    for (const { name, type } of schema) {
      const known = fields.get(name);
      if (known === undefined || BY_USE.indexOf(type) < BY_USE.indexOf(known)) fields.set(name, type);
    }
  for (const one of series) for (const tag of Object.keys(one.tags)) tags.add(tag);
  return { fields, tags };
}

/** In the order of their characters' codes. */
export function compareTexts(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
