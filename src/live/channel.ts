import type { QueryRow } from '../query/query-answer';
import { writeEventId, type Position } from './event-id';
import type { StreamPoint } from './live-points';
import { applierOf, type StreamFilter } from './stream-filter';
import type { StreamEvent, StreamFormat } from './stream-format';

/** Pieces of this many characters: a reader never has to take more at once. */
const CHARACTERS_PER_PIECE = 16_384;

/** Events that are sent in one write, the same bytes to all readers. */
export interface Piece {
  readonly bytes: Buffer;
  /** Points of the channel up to the end of this piece. */
  readonly pointsBefore: number;
  readonly lastId: string;
}

/** Events as text. */
export interface Written {
  readonly text: string;
  readonly points: number;
  readonly lastId: string;
}

/** Events as they are sent. */
export interface Encoded extends Omit<Written, 'text'> {
  readonly bytes: Buffer;
}

export function encode({ text, points, lastId }: Written): Encoded {
  return { bytes: Buffer.from(text), points, lastId };
}

/** The JSON of rows that channels show as they are: once for all of them. */
const texts = new WeakMap<QueryRow, string>();

function textOf(row: QueryRow, bucketId: string): string {
  let text = texts.get(row);
  if (text === undefined) texts.set(row, (text = JSON.stringify({ ...row, bucketId })));
  return text;
}

/** A cursor over the pieces of a channel. */
export interface ChannelReader {
  /** The number of the next piece that it gets. */
  readonly next: number;
  /** Takes the pieces that it can take now. */
  send(): void;
}

/**
 * The readers of one filter in one format. Events are written once for all of them, and kept until each reader has taken them or
 * the bound is reached: readers are cursors.
 */
export class Channel {
  readonly readers = new Set<ChannelReader>();
  /** The number of the first piece that is kept. */
  first = 0;
  /** Points published so far. */
  points = 0;
  private pieces: Piece[] = [];
  private isUntidy = false;
  /** Bytes that are kept because a reader has not taken them. */
  waitingBytes = 0;
  private readonly apply: (row: QueryRow) => QueryRow | undefined;

  constructor(
    readonly filter: StreamFilter,
    readonly format: StreamFormat,
  ) {
    this.apply = applierOf(filter);
  }

  /** The number of the next piece. */
  get end(): number {
    return this.first + this.pieces.length;
  }

  /** The piece with this number; undefined if it is not published yet. */
  piece(number: number): Piece | undefined {
    return this.pieces[number - this.first];
  }

  /** Writes points that pass the filter, in pieces. */
  *write(points: readonly StreamPoint[]): Generator<Written> {
    const { bucketId } = this.filter;
    let text = '';
    let count = 0;
    let lastId = '';
    for (const { position, row } of points) {
      const shown = this.apply(row);
      if (!shown) continue;
      lastId = writeEventId(position);
      const json = shown === row ? textOf(row, bucketId) : JSON.stringify({ ...shown, bucketId });
      text += this.format.point(json, lastId);
      count += 1;
      if (text.length < CHARACTERS_PER_PIECE) continue;
      yield { text, points: count, lastId };
      text = '';
      count = 0;
    }
    if (text !== '') yield { text, points: count, lastId };
  }

  /** Writes rows that pass the filter, without ids. */
  writeRows(rows: readonly QueryRow[]): string {
    const { bucketId } = this.filter;
    return rows
      .flatMap((row) => this.apply(row) ?? [])
      .map((row) => this.format.point(JSON.stringify({ ...row, bucketId }), undefined))
      .join('');
  }

  /** @param pieces what `write` gave for points, encoded */
  publish(pieces: Iterable<Encoded>): void {
    for (const piece of pieces) this.add(piece);
  }

  /** @param at the position that all readers have reached */
  publishHeartbeat(at: Position): void {
    const lastId = writeEventId(at);
    this.add(encode({ text: this.format.heartbeat(lastId), points: 0, lastId }));
  }

  /** Tells all readers that points are left out. */
  publishGap(event: StreamEvent, at: Position): void {
    this.add(encode({ text: this.format.event(event), points: 0, lastId: writeEventId(at) }));
  }

  /** Sends what is published, and drops what all readers have taken. */
  send(): void {
    for (const reader of this.readers) reader.send();
    this.dropTaken();
  }

  /** Drops what all readers have taken, after this turn of the event loop: many of them take pieces in it. */
  tidy(): void {
    if (this.isUntidy) return;
    this.isUntidy = true;
    setImmediate(() => {
      this.isUntidy = false;
      this.dropTaken();
    });
  }

  /** Drops the oldest piece, whether or not each reader has taken it. */
  dropOldest(): void {
    this.drop(this.first + 1);
  }

  private add({ bytes, points, lastId }: Encoded): void {
    this.points += points;
    this.pieces.push({ bytes, pointsBefore: this.points, lastId });
    this.waitingBytes += bytes.length;
  }

  private dropTaken(): void {
    let slowest = this.end;
    for (const { next } of this.readers) slowest = Math.min(slowest, next);
    this.drop(slowest);
  }

  private drop(before: number): void {
    if (before <= this.first) return;
    for (const { bytes } of this.pieces.splice(0, before - this.first)) this.waitingBytes -= bytes.length;
    this.first = before;
  }
}
