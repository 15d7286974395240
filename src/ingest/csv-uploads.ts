import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { UNAUTHORIZED } from '../auth/access.errors';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { KeyMeter } from '../auth/key-meter';
import { KeyVerifier } from '../auth/key-verifier';
import { BucketAccess } from '../buckets/bucket-access';
import { CONFIG, type Config } from '../common/config/config';
import { ApiError } from '../common/errors';
import { BodyRooms, ownerOf, SMALL_BODY_BYTES } from '../common/http/body-rooms';
import type { LeanRequest } from '../common/http/lean-messages';
import { callerOf } from '../scheduling/caller';
import { TimeSlices } from '../scheduling/time-slices';
import { findActiveSource, findActiveSources, type SourceRow } from '../sources/source-rows';
import { SOURCE_NOT_FOUND } from '../sources/sources.errors';
import { requireOwn } from '../sources/sources.service';
import { bodyStream } from './body-stream';
import { CsvBody, type RefusedRow, type RowCounts, type RowStore } from './csv-body';
import type { CsvReading } from './import-csv';
import { IngestCounts } from './ingest-counts';
import { accepted, lineOf } from './ingest-rights';
import { SOURCE_ARCHIVED } from './ingest.errors';
import { Ingest } from './ingest.service';
import type { SentPoint } from './point-check';

/** The memory of an upload: a part of the body, its longest row, and the rows of two commits. */
export const ROOM_BYTES = 4_194_304;
const WAY = 'csv';

/** What an upload names. */
export interface CsvTarget {
  readonly bucketId: string;
  /** The data source of all rows. */
  readonly sourceId: string | undefined;
  readonly quiet: boolean;
  readonly reading: CsvReading;
}

/** Stores the CSV of a request. */
@Injectable()
export class CsvUploads {
  private readonly rooms: BodyRooms;
  private readonly slices = new TimeSlices();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly dataSource: DataSource,
    private readonly buckets: BucketAccess,
    private readonly ingest: Ingest,
    private readonly counts: IngestCounts,
    private readonly meter: KeyMeter,
    private readonly modules: ModuleRef,
  ) {
    this.rooms = new BodyRooms(config);
  }

  /** @throws ApiError with the counts in its body; the rows that are counted as stored are on disk */
  async store(
    request: LeanRequest,
    key: CurrentApiKey,
    target: CsvTarget,
  ): Promise<{ counts: RowCounts; refused: readonly RefusedRow[] }> {
    await this.buckets.get(key, target.bucketId);
    const { yieldTurn } = await this.slices.begin(callerOf(key));
    const body = new CsvBody(await this.storeFor(request, key, target), target.reading, yieldTurn);
    const length = Number(request.headers['content-length'] ?? Infinity);
    const isSmall = length <= SMALL_BODY_BYTES && request.headers['content-encoding'] === undefined;
    await this.rooms.for(request, ownerOf(request)).hold(isSmall ? SMALL_BODY_BYTES : ROOM_BYTES);
    const silentMillis = this.config.requestTimeoutSeconds * 1000;
    const shown = () => ({ ...body.counts, ...(key.writeOnly && accepted(body.counts)) });
    try {
      await body.read(bodyStream(request, { limitBytes: Infinity, silentMillis }));
    } catch (cause) {
      if (cause instanceof ApiError) Object.assign(cause.getResponse(), shown(), { errors: body.refused });
      throw cause;
    }
    return { counts: shown(), refused: body.refused };
  }

  private async storeFor(
    request: LeanRequest,
    key: CurrentApiKey,
    { bucketId, sourceId, quiet }: CsvTarget,
  ): Promise<RowStore> {
    const ownId = sourceId ?? key.dataSourceId ?? undefined;
    const own = ownId === undefined ? undefined : await this.ownSource(key, bucketId, ownId);
    const named = (ids: readonly string[]) => this.schemasOf(key, bucketId, ids);
    return {
      sourceId: ownId,
      sources: { own: own?.schema, ...(sourceId === undefined && { named }) },
      add: (points) => this.add(request, key, { bucketId, quiet, points }),
    };
  }

  private async ownSource(key: CurrentApiKey, bucketId: string, id: string): Promise<SourceRow> {
    requireOwn(key, id);
    const source = await findActiveSource(this.dataSource.manager, id);
    if (source?.bucketId !== bucketId) throw new ApiError(SOURCE_NOT_FOUND);
    if (source.status !== 'active') throw new ApiError(SOURCE_ARCHIVED);
    return source;
  }

  /** The schemas of data sources that rows name. To a key that is bound to one, the others do not exist. */
  private async schemasOf({ dataSourceId }: CurrentApiKey, bucketId: string, ids: readonly string[]) {
    const schemas = new Map<string, SourceRow['schema'] | string>(ids.map((id) => [id, SOURCE_NOT_FOUND.message]));
    const reachable = dataSourceId === null ? ids : ids.filter((id) => id === dataSourceId);
    for (const { id, schema, status } of await findActiveSources(this.dataSource.manager, bucketId, reachable))
      schemas.set(id, status === 'active' ? schema : SOURCE_ARCHIVED.message);
    return schemas;
  }

  /** Stores the points of a commit. An upload can take hours, so its key is checked each time. */
  private async add(
    request: LeanRequest,
    key: CurrentApiKey,
    { bucketId, quiet, points }: { bucketId: string; quiet: boolean; points: readonly SentPoint[] },
  ) {
    // The API keys module imports this one, so that its service is looked up.
    const keys = this.modules.get(KeyVerifier, { strict: false });
    if (!(await keys.verify(request.keyText ?? ''))) throw new ApiError(UNAUTHORIZED);
    if (points.length === 0) return { inserted: 0, updated: 0, duplicates: 0, problems: [] };
    const pathOf = (index: number) => ['rows', index];
    const sent = { key, bucketId, line: lineOf(key), points, pathOf, partial: true, quiet };
    const stored = await this.counts.refusedOf(WAY, points.length, () => this.ingest.add(sent));
    const count = stored.inserted + stored.updated + stored.duplicates;
    this.meter.countPoints(key.id, count);
    this.counts.addStored(WAY, count);
    for (const { error } of stored.problems) this.counts.addRejected(WAY, error.errorCode, 1);
    return stored;
  }
}
