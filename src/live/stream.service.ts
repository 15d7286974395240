import { Injectable, Logger } from '@nestjs/common';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { BucketAccess } from '../buckets/bucket-access';
import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';
import { CallerGone } from '../common/http/yield';
import { problemOf, ValidationError } from '../common/errors';
import { callerOf } from '../scheduling/caller';
import { WorkScheduler } from '../scheduling/work-scheduler';
import { FIELD_UNKNOWN } from '../sources/sources.errors';
import { SourcesService } from '../sources/sources.service';
import { Backlog } from './backlog';
import { writeEventId } from './event-id';
import { ReaderBounds } from './reader-bounds';
import { Replay } from './replay';
import type { Since } from './since';
import type { StreamFilter } from './stream-filter';
import { formatFor, type StreamFormat } from './stream-format';
import { closeForStop, StreamHub } from './stream-hub';
import { StreamReader } from './stream-reader';
import { StreamWatch } from './stream-watch';

/** How long clients wait before they reconnect. */
const RECONNECT_MILLIS = 3000;
const LONGEST_ID = 64;

/** The filters of a stream as they were requested. */
export type WantedStream = Omit<StreamFilter, 'sourceIds'> & { readonly dataSourceIds: readonly string[] | undefined };

/** Opens streams. */
@Injectable()
export class StreamService {
  private readonly logger = new Logger('Streams');

  constructor(
    private readonly buckets: BucketAccess,
    private readonly sources: SourcesService,
    private readonly scheduler: WorkScheduler,
    private readonly bounds: ReaderBounds,
    private readonly hub: StreamHub,
    private readonly watch: StreamWatch,
    private readonly replay: Replay,
    private readonly backlog: Backlog,
  ) {}

  /**
   * Opens a stream, and sends it until the client disconnects. Resolves when the stream is up to date.
   *
   * @throws ApiError for a bucket or a source that does not exist or that the key may not read; `TOO_MANY_STREAMS`,
   *   `TOO_MANY_QUERIES`
   * @throws ValidationError for an unknown field
   */
  async open(
    key: CurrentApiKey,
    { request, response }: { readonly request: LeanRequest; readonly response: LeanResponse },
    wanted: WantedStream,
    since: Since | undefined,
  ): Promise<void> {
    const filter = await this.filterOf(key, request, wanted);
    const format = formatFor(request.headers.accept);
    if (request.method === 'HEAD') return void beginStream(response, format).end();
    const release = this.bounds.take(callerOf(key));
    const channel = await this.hub.open(filter, format).catch((cause: unknown) => {
      release();
      throw cause;
    });
    const reader = new StreamReader(
      { keyId: key.sessionId ?? key.id, address: request.clientAddress },
      channel,
      response,
    );
    this.hub.streams.add(reader);
    const end = () => {
      reader.leave();
      this.hub.streams.delete(reader);
      this.hub.release(channel);
      release();
    };
    if (response.destroyed || response.closed) return end();
    response.once('close', end);
    this.watch.begin();
    beginStream(response, format).write(format.retry(RECONNECT_MILLIS) || '\n');
    if (this.hub.isStopping) return closeForStop(reader);
    await this.start(key, request, reader, since).catch((cause: unknown) => this.fail(reader, cause));
  }

  private async start(
    key: CurrentApiKey,
    request: LeanRequest,
    reader: StreamReader,
    since: Since | undefined,
  ): Promise<void> {
    const id = lastEventIdOf(request) ?? (since && 'id' in since ? since.id : undefined);
    const from = id === undefined ? this.hub.position : await this.replay.positionOf(reader, id);
    if (id === undefined && since && 'backlog' in since) await this.backlog.send(key, request, reader, since.backlog);
    await this.replay.run(reader, callerOf(key), from);
    const { bucketId } = reader.channel.filter;
    reader.sendEvent({ name: 'ready', data: { bucketId }, id: writeEventId(this.hub.position) });
  }

  /** The headers are sent, so the client is told by an event. */
  private fail(reader: StreamReader, cause: unknown): void {
    if (cause instanceof CallerGone) return;
    this.logger.warn(`A stream could not begin: ${(cause as Error).message}`);
    reader.close('server_error', 'The stream could not begin. Please try again', RECONNECT_MILLIS);
  }

  /** Field names are looked up in the data sources of the bucket, as long work. A key that ends meanwhile ends the stream. */
  private async filterOf(
    key: CurrentApiKey,
    { socket }: LeanRequest,
    { dataSourceIds, ...filter }: WantedStream,
  ): Promise<StreamFilter> {
    await this.buckets.get(key, filter.bucketId);
    const own = key.dataSourceId === null ? undefined : [key.dataSourceId];
    const sourceIds = dataSourceIds ?? own;
    if (sourceIds === undefined && !filter.fields) return { ...filter, sourceIds };
    const names = filter.fields ?? [];
    const [unknown] = await this.scheduler.run(callerOf(key), socket, (yieldTurn) =>
      this.sources.unknownFields(key, { bucketId: filter.bucketId, ids: sourceIds, names }, yieldTurn),
    );
    if (unknown !== undefined)
      throw new ValidationError([problemOf(FIELD_UNKNOWN, ['query', 'fields'], { field: unknown })]);
    return { ...filter, sourceIds };
  }
}

/** An empty header counts as none: browsers send none before the first id. */
function lastEventIdOf({ headers }: LeanRequest): string | undefined {
  const id = headers['last-event-id'];
  return typeof id === 'string' && id !== '' ? id.slice(0, LONGEST_ID) : undefined;
}

/** Sends the headers. The body must reach the client as it is written: uncached, uncompressed and unbuffered by proxies. */
function beginStream(response: LeanResponse, { contentType }: StreamFormat): LeanResponse {
  response.writeHead(200, {
    'Content-Type': `${contentType}; charset=utf-8`,
    'Cache-Control': 'no-store, no-transform',
    'X-Content-Type-Options': 'nosniff',
    'X-Accel-Buffering': 'no',
  });
  return response;
}
