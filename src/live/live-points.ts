import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { findStreamedBucket } from '../buckets/bucket-streams';
import { IMMEDIATE_YIELD } from '../common/http/yield';
import { visibleFrom } from '../common/retention';
import { eachTogether } from '../database/together';
import { MetadataDictionary } from '../points/metadata';
import { findPoint, findPoints } from '../points/point-reads';
import { PointStore } from '../points/point-store';
import { unpack, type PackedPoint } from '../points/values';
import { isoTime, type QueryRow } from '../query/query-answer';
import { show, type RawStores } from '../query/raw-answer';
import type { RawRow } from '../query/raw-query';
import type { Source } from '../sources/source.entity';
import { findSourcesByNumber } from '../sources/source-rows';
import type { Position } from './event-id';
import { endOf, type NumberedCommit } from './journal-reads';
import { readPlaces, type PointPlace } from './places';

/** Points that are read without a pause for other requests. */
const POINTS_PER_SLICE = 200;
/** Up to this many points of a source are read one by one, which PostgreSQL does for all sources in one statement. */
const FEW = 5;

/** A point of a stream, and the position after it. */
export interface StreamPoint {
  readonly position: Position;
  readonly row: QueryRow;
}

interface NumberedPlace extends PointPlace {
  readonly position: Position;
}

/** What streams of a bucket need. */
export interface WantedPoints {
  readonly bucketId: string;
  /** Undefined for all data sources. */
  readonly sourceIds: ReadonlySet<string> | undefined;
}

/** Reads the points that commits have changed. */
@Injectable()
export class LivePoints {
  private readonly stores: RawStores;

  constructor(
    private readonly dataSource: DataSource,
    store: PointStore,
    dictionary: MetadataDictionary,
  ) {
    this.stores = { manager: dataSource.createEntityManager(), store, dictionary };
  }

  /**
   * The points of commits of one bucket, in their order, as they are stored now. A point that was changed several times comes
   * once, at its last change. Points that were deleted since, or that retention hides, are left out.
   */
  async read({ bucketId, sourceIds }: WantedPoints, commits: readonly NumberedCommit[]): Promise<StreamPoint[]> {
    const all = commits.flatMap(placesOf);
    const { manager } = this.dataSource;
    const bucket = all.length > 0 && (await findStreamedBucket(manager, bucketId));
    if (!bucket) return [];
    const from = visibleFrom(bucket, Date.now());
    const found = await findSourcesByNumber(manager, [...new Set(all.map(({ source }) => source))]);
    const wanted = found.filter(({ id }) => sourceIds?.has(id) ?? true);
    const sources = new Map(wanted.map((source) => [source.number, source]));
    const places = lastOfEach(all.filter(({ source, at }) => at >= from && sources.has(source)));
    const points: StreamPoint[] = [];
    for (let begin = 0; begin < places.length; begin += POINTS_PER_SLICE) {
      if (begin > 0) await IMMEDIATE_YIELD();
      points.push(...(await this.readSome(sources, places.slice(begin, begin + POINTS_PER_SLICE))));
    }
    return points;
  }

  private async readSome(
    sources: ReadonlyMap<number, Source>,
    places: readonly NumberedPlace[],
  ): Promise<StreamPoint[]> {
    const stored = await this.readStored(places);
    const positions: Position[] = [];
    const rows: RawRow[] = [];
    for (const place of places) {
      const point = stored.get(nameOf(place));
      const source = sources.get(place.source);
      if (!point || !source) continue;
      positions.push(place.position);
      rows.push({ source, point, values: unpack(source.schema, point) });
    }
    const shown = await show(this.stores, rows, isoTime);
    return shown.map((row, index) => ({ position: positions[index] as Position, row }));
  }

  private async readStored(places: readonly PointPlace[]): Promise<Map<string, PackedPoint>> {
    const { manager } = this.stores;
    const bySource = new Map<number, PointPlace[]>();
    for (const place of places) {
      const own = bySource.get(place.source);
      if (own) own.push(place);
      else bySource.set(place.source, [place]);
    }
    const stored = new Map<string, PackedPoint>();
    const few: PointPlace[] = [];
    for (const [source, own] of bySource)
      if (own.length <= FEW) few.push(...own);
      else for (const point of await findPoints(manager, source, own)) stored.set(nameOf({ source, ...point }), point);
    const found = await eachTogether(manager, few, (place) => findPoint(manager, place.source, place));
    for (const [index, point] of found.entries()) if (point) stored.set(nameOf(few[index] as PointPlace), point);
    return stored;
  }
}

function placesOf(commit: NumberedCommit): NumberedPlace[] {
  const { seq, atMillis } = endOf(commit);
  const first = seq - commit.points + 1;
  return readPlaces(commit.places).map((place, index) => ({ ...place, position: { seq: first + index, atMillis } }));
}

/** Each place once, where it comes last. */
function lastOfEach(places: readonly NumberedPlace[]): NumberedPlace[] {
  const last = new Map<string, NumberedPlace>();
  for (const place of places) {
    const name = nameOf(place);
    last.delete(name);
    last.set(name, place);
  }
  return [...last.values()];
}

function nameOf({ source, at, meta }: PointPlace): string {
  return `${source} ${at} ${meta}`;
}
