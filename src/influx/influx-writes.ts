import { Inject, Injectable } from '@nestjs/common';
import { actorOf } from '../auth/current-actor.decorator';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { KeyMeter } from '../auth/key-meter';
import { CONFIG, type Config } from '../common/config/config';
import { BodyRooms, ownerOf, SMALL_BODY_BYTES } from '../common/http/body-rooms';
import { SharedTurns } from '../common/http/shared-turns';
import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';
import { bodyStream } from '../ingest/body-stream';
import { IngestCounts } from '../ingest/ingest-counts';
import { LineBody } from '../ingest/line-protocol/line-body';
import type { LinePrecision } from '../ingest/line-protocol/line-times';
import { LINES_REFUSED } from '../ingest/line-protocol/line.errors';
import { LineWriter } from '../ingest/line-protocol/line-writer';
import { headerOf } from './influx-error.filter';
import { partialBodyOf } from './influx-replies';
import { NamedBuckets, type BucketRefusals } from './named-bucket';

/** As in InfluxDB, also after decompression. */
export const MAX_LINES_BYTES = 26_214_400;
/** The memory of a write: a line, what arrives meanwhile, and the lines of a commit. */
export const ROOM_BYTES = 4_194_304;

/** What a write names. */
export interface LinesTarget {
  readonly bucket: unknown;
  readonly refusals: BucketRefusals;
  readonly precision: LinePrecision;
}

/** Stores the lines of a request, and answers it. */
@Injectable()
export class InfluxWrites {
  private readonly rooms: BodyRooms;
  private readonly turns = new SharedTurns();

  constructor(
    @Inject(CONFIG) config: Pick<Config, 'bodiesBytes' | 'bodyLimitBytes'>,
    private readonly buckets: NamedBuckets,
    private readonly lines: LineWriter,
    private readonly counts: IngestCounts,
    private readonly meter: KeyMeter,
  ) {
    this.rooms = new BodyRooms(config);
  }

  async write(request: LeanRequest, response: LeanResponse, target: LinesTarget): Promise<void> {
    const key = request.caller as CurrentApiKey;
    const bucketId = await this.buckets.idOf(key, target.bucket, target.refusals);
    const length = Number(request.headers['content-length'] ?? Infinity);
    const isSmall = length <= SMALL_BODY_BYTES && request.headers['content-encoding'] === undefined;
    await this.rooms.for(request, ownerOf(request)).hold(isSmall ? SMALL_BODY_BYTES : ROOM_BYTES);
    const writer = { by: actorOf(key, request), key, bucketId };
    const body = new LineBody(this.lines, this.counts, writer, this.turns, target);
    const written = await body.store(bodyStream(request, { limitBytes: MAX_LINES_BYTES }));
    this.meter.countPoints(key.id, written.accepted);
    if (written.rejected === 0) {
      response.writeHead(204).end();
      return;
    }
    const partial = partialBodyOf(request.path, written);
    response.setHeader('X-Influxdb-Error', headerOf(partial.message));
    response.setErrorCode(LINES_REFUSED.code);
    response.status(400).json(partial.body);
  }
}
