import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BUCKET_NOT_FOUND } from '../buckets/buckets.errors';
import { ApiError } from '../common/errors';
import { IMMEDIATE_YIELD, TurnPace } from '../common/http/yield';
import { OutageLog } from '../common/outage-log';
import { repeat, type Repetition } from '../common/repeat';
import { Writer } from '../database/writer';
import { Channel, encode, type Encoded } from './channel';
import type { Position } from './event-id';
import { gapOf } from './gaps';
import { endOf, isKnown, readCommits, readHead, type NumberedCommit } from './journal-reads';
import { LiveJournal } from './live-journal';
import { LivePoints, type StreamPoint } from './live-points';
import { nameOfFilter, type StreamFilter } from './stream-filter';
import type { StreamFormat } from './stream-format';
import type { StreamReader } from './stream-reader';

/** Points that are stored within this time are sent together. It is also how often commits of other processes are looked for. */
export const COALESCED_MILLIS = 250;
/** Proxies commonly close a connection after 60 seconds without a byte. */
const HEARTBEAT_MILLIS = 20_000;
/** Bytes of events that wait for slow readers, over all channels. */
export const MAX_WAITING_BYTES = 33_554_432;
const SHORTEST_RECONNECT_MILLIS = 1000;
const RECONNECT_SPREAD_MILLIS = 4000;

type PointsOfBuckets = ReadonlyMap<string, readonly StreamPoint[]>;

const START: Position = { seq: 0, atMillis: 0 };

/** Reads commits as they are recorded, and sends them to the streams of this instance. Idle without streams. */
@Injectable()
export class StreamHub implements OnModuleDestroy {
  /** Every open stream, also those that do not get new points yet. */
  readonly streams = new Set<StreamReader>();
  isStopping = false;
  /** Tests lower it. */
  mostWaitingBytes = MAX_WAITING_BYTES;
  private readonly channels = new Map<string, { readonly channel: Channel; users: number }>();
  private at: Position | undefined;
  /** Whether the position may be one that the database has lost. */
  private isUnsure = false;
  private running: Promise<void> = Promise.resolve();
  private queued: Promise<void> | undefined;
  private lastReadAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  private repetitions: readonly Repetition[] = [];

  constructor(
    private readonly dataSource: DataSource,
    private readonly journal: LiveJournal,
    private readonly points: LivePoints,
    private readonly outages: OutageLog,
    writer: Writer,
  ) {
    journal.onCommit(() => this.schedule());
    writer.onConnect(() => (this.isUnsure = true));
  }

  /** The position up to which every channel has its points. */
  get position(): Position {
    return this.at ?? START;
  }

  /** The buckets that have streams. */
  get bucketIds(): Set<string> {
    return new Set([...this.channels.values()].map(({ channel }) => channel.filter.bucketId));
  }

  /**
   * Returns the channel of a filter, which gets everything that is committed from now on. Call `release` once for each call.
   *
   * @throws ApiError `BUCKET_NOT_FOUND`
   */
  async open(filter: StreamFilter, format: StreamFormat): Promise<Channel> {
    const name = nameOf(filter, format);
    const entry = this.channels.get(name) ?? { channel: new Channel(filter, format), users: 0 };
    entry.users += 1;
    this.channels.set(name, entry);
    this.begin();
    try {
      if (!(await this.journal.keepRecording(filter.bucketId))) throw new ApiError(BUCKET_NOT_FOUND);
      await this.catchUp();
      return entry.channel;
    } catch (cause) {
      this.release(entry.channel);
      throw cause;
    }
  }

  release({ filter, format }: Channel): void {
    const name = nameOf(filter, format);
    const entry = this.channels.get(name);
    if (!entry || --entry.users > 0) return;
    this.channels.delete(name);
    if (this.channels.size === 0) this.pause();
  }

  /** Resolves when everything is read that was committed before the call. */
  catchUp(): Promise<void> {
    return (this.queued ??= this.running
      .catch(() => {})
      .then(() => {
        this.queued = undefined;
        return (this.running = this.read());
      }));
  }

  /** Ends all streams. Clients reconnect at different times. */
  onModuleDestroy(): void {
    this.isStopping = true;
    for (const reader of [...this.streams]) closeForStop(reader);
    this.pause();
  }

  private begin(): void {
    if (this.repetitions.length > 0) return;
    const look = () => {
      if (performance.now() - this.lastReadAt >= COALESCED_MILLIS) this.schedule();
    };
    this.repetitions = [repeat(COALESCED_MILLIS, look), repeat(HEARTBEAT_MILLIS, () => this.sendHeartbeats())];
  }

  private pause(): void {
    for (const repetition of this.repetitions) void repetition.stop();
    this.repetitions = [];
    clearTimeout(this.timer);
    this.timer = undefined;
    this.at = undefined;
  }

  /** Reads new commits soon, and at most every 250 ms. */
  private schedule(): void {
    if (this.timer || this.channels.size === 0 || this.isStopping) return;
    const wait = Math.max(0, this.lastReadAt + COALESCED_MILLIS - performance.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.catchUp().catch((cause: unknown) => this.outages.background('New points could not be streamed yet', cause));
    }, wait).unref();
  }

  private async read(): Promise<void> {
    const { manager } = this.dataSource;
    this.lastReadAt = performance.now();
    await this.journal.numberCommits();
    if (this.isUnsure || !this.at) await this.setPosition();
    for (let at = this.at; at; at = this.at) {
      const commits = await readCommits(manager, at.seq);
      const [first] = commits;
      const last = commits.at(-1);
      if (!first || !last) return;
      const points = await this.readPoints(commits);
      const pieces = await this.writePoints(points);
      // Nothing waits from here on, so a stream that joins has either all of these points or none.
      this.at = this.channels.size > 0 ? endOf(last) : undefined;
      const hasGap = first.seq - first.points > at.seq;
      for (const { channel } of this.channels.values()) {
        if (channel.readers.size === 0) continue;
        if (hasGap) channel.publishGap(gapOf('commits_removed', at.atMillis, at), at);
        // A stream has joined meanwhile if there are none.
        channel.publish(pieces.get(channel) ?? encoded(channel, points));
      }
      this.send();
    }
  }

  /** Begins at the last commit. After a failover it checks that the database still has the commits that were sent. */
  private async setPosition(): Promise<void> {
    const { manager } = this.dataSource;
    this.isUnsure = false;
    const before = this.at;
    if (before && (await isKnown(manager, before))) return;
    const now = (await readHead(manager)) ?? START;
    this.at = now;
    if (!before || before.seq === 0) return;
    for (const { channel } of this.channels.values())
      channel.publishGap(gapOf('id_unknown', before.atMillis, now), now);
    this.send();
  }

  private async readPoints(commits: readonly NumberedCommit[]): Promise<Map<string, StreamPoint[]>> {
    const points = new Map<string, StreamPoint[]>();
    for (const bucketId of this.bucketIds) {
      const own = commits.filter((commit) => commit.bucketId === bucketId);
      if (own.length === 0) continue;
      const wanted = { bucketId, sourceIds: this.sourcesOf(bucketId) };
      points.set(bucketId, await this.points.read(wanted, own));
    }
    return points;
  }

  /** Writes the points of every channel in turns: five hundred channels that differ in their filters take a second. */
  private async writePoints(points: PointsOfBuckets): Promise<Map<Channel, Encoded[]>> {
    const written = new Map<Channel, Encoded[]>();
    const pace = new TurnPace(IMMEDIATE_YIELD);
    for (const { channel } of this.channels.values()) {
      if (channel.readers.size === 0) continue;
      const pieces: Encoded[] = [];
      for (const piece of encoded(channel, points)) {
        pieces.push(piece);
        if (pace.isDue) await pace.yield();
      }
      written.set(channel, pieces);
    }
    return written;
  }

  /** The data sources that streams of a bucket have; undefined for all. */
  private sourcesOf(bucketId: string): ReadonlySet<string> | undefined {
    const filters = [...this.channels.values()].map(({ channel }) => channel.filter);
    const lists = filters.filter((filter) => filter.bucketId === bucketId).map(({ sourceIds }) => sourceIds);
    return lists.includes(undefined) ? undefined : new Set(lists.flatMap((ids) => ids ?? []));
  }

  private sendHeartbeats(): void {
    for (const { channel } of this.channels.values()) channel.publishHeartbeat(this.position);
    this.send();
  }

  private send(): void {
    const channels = [...this.channels.values()].map(({ channel }) => channel);
    for (const channel of channels) channel.send();
    let waiting = channels.reduce((sum, { waitingBytes }) => sum + waitingBytes, 0);
    while (waiting > this.mostWaitingBytes) {
      const largest = channels.reduce((one, other) => (one.waitingBytes >= other.waitingBytes ? one : other));
      waiting -= largest.waitingBytes;
      largest.dropOldest();
      waiting += largest.waitingBytes;
    }
  }
}

function* encoded(channel: Channel, points: PointsOfBuckets): Generator<Encoded> {
  for (const written of channel.write(points.get(channel.filter.bucketId) ?? [])) yield encode(written);
}

/** Ends a stream because the server stops. */
export function closeForStop(reader: StreamReader): void {
  const retryMillis = Math.round(SHORTEST_RECONNECT_MILLIS + RECONNECT_SPREAD_MILLIS * Math.random());
  reader.close('server_stopping', 'The server is stopping. Reconnect with the id of the last event', retryMillis);
}

function nameOf(filter: StreamFilter, { contentType }: StreamFormat): string {
  return `${contentType} ${nameOfFilter(filter)}`;
}
