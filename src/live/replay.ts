import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Caller } from '../scheduling/fair-queue';
import { readEventId, writeEventId, type Position } from './event-id';
import { FairTurns } from '../scheduling/fair-turns';
import { gapOf } from './gaps';
import { isKnown, isRecordedSince, readCommits } from './journal-reads';
import { LivePoints, type StreamPoint } from './live-points';
import { StreamHub } from './stream-hub';
import type { StreamReader } from './stream-reader';

/** Pages that are read at the same time, over all streams. */
export const PAGES_AT_ONCE = 2;

/** Sends what was committed since a position, and then joins a stream to its channel. */
@Injectable()
export class Replay {
  private readonly turns = new FairTurns(PAGES_AT_ONCE);

  constructor(
    private readonly dataSource: DataSource,
    private readonly hub: StreamHub,
    private readonly points: LivePoints,
  ) {}

  /** The position of an id, or where the stream begins if the id cannot be resumed: the reader is told. */
  async positionOf(reader: StreamReader, id: string): Promise<Position> {
    const { manager } = this.dataSource;
    const now = this.hub.position;
    const position = readEventId(id);
    const { bucketId } = reader.channel.filter;
    if (!position || position.atMillis > Date.now() || position.seq > now.seq)
      reader.sendEvent(gapOf('id_unknown', undefined, now));
    else if (!(await isKnown(manager, position)) || !(await isRecordedSince(manager, bucketId, position)))
      reader.sendEvent(gapOf('id_expired', position.atMillis, now));
    else return position;
    return now;
  }

  /** Sends the points after a position page by page, as fast as the client reads, until the stream is up to date. */
  async run(reader: StreamReader, caller: Caller, from: Position): Promise<void> {
    for (let at = from; ;) {
      const until = this.hub.position;
      if (at.seq >= until.seq) break;
      const { points, end } = await this.turns.run(caller, () => this.readPage(reader, at, until));
      for (const { text } of reader.channel.write(points)) await reader.write(text);
      at = end;
    }
    // Nothing waits between the comparison of positions and this.
    reader.join(writeEventId(this.hub.position));
  }

  private async readPage(
    reader: StreamReader,
    at: Position,
    until: Position,
  ): Promise<{ readonly points: readonly StreamPoint[]; readonly end: Position }> {
    reader.assertOpen();
    const commits = (await readCommits(this.dataSource.manager, at.seq)).filter(({ seq }) => seq <= until.seq);
    const [first] = commits;
    const last = commits.at(-1);
    if (!first || !last) return { points: [], end: until };
    if (first.seq - first.points > at.seq) reader.sendEvent(gapOf('commits_removed', at.atMillis, at));
    const { bucketId, sourceIds } = reader.channel.filter;
    const wanted = { bucketId, sourceIds: sourceIds && new Set(sourceIds) };
    const own = commits.filter((commit) => commit.bucketId === bucketId);
    const points = own.length > 0 ? await this.points.read(wanted, own) : [];
    const end = { seq: last.seq, atMillis: Math.floor(last.writtenAt / 1000) };
    return { points: points.filter(({ position }) => position.seq > at.seq), end };
  }
}
