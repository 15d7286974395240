import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BucketAccess } from '../buckets/bucket-access';
import { visibleFrom } from '../common/retention';
import type { FieldType, Schema } from '../sources/schema';
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
    const byName = new Map<string, FoundMeasurement>();
    const visible = visibleFrom(bucket, now);
    const { manager } = this.dataSource;
    for await (const some of findSeriesOf(manager, this.names, { key, bucketId, from, yieldTurn }))
      for (const series of some) {
        let known = byName.get(series.measurement);
        if (!known) byName.set(series.measurement, (known = new FoundMeasurement(series.measurement, visible)));
        known.add(series);
      }
    return [...byName.values()];
  }
}

/** Collects the series of a measurement, and its names with them: at the end there is no work left that grows with them. */
class FoundMeasurement implements Measurement {
  readonly series: FoundSeries[] = [];
  readonly fields = new Map<string, FieldType>();
  readonly tags = new Set<string>();
  private readonly schemas = new Set<Schema>();

  constructor(
    readonly name: string,
    readonly visibleFrom: number,
  ) {}

  add(series: FoundSeries): void {
    this.series.push(series);
    for (const tag of Object.keys(series.tags)) this.tags.add(tag);
    const { schema } = series;
    if (this.schemas.has(schema)) return;
    this.schemas.add(schema);
    for (const { name, type } of schema) {
      const known = this.fields.get(name);
      if (known === undefined || BY_USE.indexOf(type) < BY_USE.indexOf(known)) this.fields.set(name, type);
    }
  }
}

/** In the order of their characters' codes. */
export function compareTexts(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
