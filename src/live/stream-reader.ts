import { writeChunk, writeNow } from '../common/http/answer-stream';
import type { LeanResponse } from '../common/http/lean-messages';
import { SharedTurns } from '../common/http/shared-turns';
import { CallerGone } from '../common/http/yield';
import type { Channel, ChannelReader } from './channel';
import type { StreamEvent } from './stream-format';

/** Bytes of events that wait for one reader. More stay in the channel, once for all readers. */
export const MAX_UNREAD_BYTES = 32_768;

/** A client that does not read the last event is disconnected after this time. */
const LONGEST_END_MILLIS = 500;

/** Of all streams: 500 that get a batch of 1,000 points in the same turn of the event loop would block it for 400 ms. */
const turns = new SharedTurns();

/** Who reads a stream, as its key was when the stream began. */
export interface StreamCaller {
  readonly keyId: string;
  readonly address: string;
}

/** One open stream. */
export class StreamReader implements ChannelReader {
  /** The number of the next piece of the channel that it gets. */
  next = 0;
  /** Points of the channel up to that piece. */
  private taken = 0;
  /** The id of the last event that it got. */
  private lastId: string | undefined;
  private isLive = false;
  private isClosed = false;
  private isSending = false;

  constructor(
    readonly caller: StreamCaller,
    readonly channel: Channel,
    private readonly response: LeanResponse,
  ) {}

  /** Begins to get what the channel publishes from now on. */
  join(lastId: string): void {
    this.lastId = lastId;
    this.next = this.channel.end;
    this.taken = this.channel.points;
    this.isLive = true;
    this.channel.readers.add(this);
  }

  /** Sends the pieces that are pending for this client until its buffer is full, one at a time, alternating with other streams. */
  send(): void {
    if (this.isSending || !this.canSend) return;
    this.isSending = true;
    void this.sendInTurns();
  }

  private get canSend(): boolean {
    const { isLive, isClosed, response, next, channel } = this;
    return isLive && !isClosed && next < channel.end && response.writableLength < MAX_UNREAD_BYTES;
  }

  private async sendInTurns(): Promise<void> {
    while (this.canSend) await turns.run(this.caller.keyId, () => this.sendPiece());
    this.isSending = false;
    this.channel.tidy();
  }

  private sendPiece(): void {
    // While it waited for its turn, it may have been closed, or pieces may have been dropped.
    if (!this.canSend) return;
    if (this.next < this.channel.first) this.skip();
    const piece = this.channel.piece(this.next);
    if (!piece) return;
    this.next += 1;
    this.taken = piece.pointsBefore;
    this.lastId = piece.lastId;
    writeNow(this.response, piece.bytes, this.goOn);
  }

  /**
   * Sends text to this reader alone. Resolves when it may be given more.
   *
   * @throws CallerGone if the stream has ended
   */
  async write(text: string): Promise<void> {
    this.assertOpen();
    if (text !== '') await writeChunk(this.response, text);
  }

  /** @throws CallerGone if the stream has ended */
  assertOpen(): void {
    if (this.isClosed) throw new CallerGone();
  }

  /** Sends an event to this reader alone. */
  sendEvent(event: StreamEvent): void {
    if (!this.isClosed) this.response.write(this.channel.format.event(event));
  }

  /** Tells why the stream ends, and ends it. */
  close(reason: string, message: string, retryMillis?: number): void {
    if (this.isClosed) return;
    const { format } = this.channel;
    const retry = retryMillis === undefined ? '' : format.retry(retryMillis);
    this.leave();
    this.response.shouldKeepAlive = false;
    this.response.end(retry + format.event({ name: 'closed', data: { reason, message } }));
    setTimeout(() => this.response.writableFinished || this.response.destroy(), LONGEST_END_MILLIS).unref();
  }

  /** Gets nothing any more: the client has gone, or the stream was closed. */
  leave(): void {
    this.isClosed = true;
    this.channel.readers.delete(this);
  }

  private readonly goOn = (): void => {
    this.send();
  };

  /** Leaves out what the channel has dropped, and goes on with what comes next. */
  private skip(): void {
    const { channel } = this;
    const missed = channel.points - this.taken;
    this.next = channel.end;
    this.taken = channel.points;
    if (missed > 0) this.sendEvent(slowGap(missed, this.lastId));
  }
}

function slowGap(missed: number, after: string | undefined): StreamEvent {
  const message = `This client reads too slowly: ${missed} points are left out. Request since=${after} to get them`;
  return { name: 'gap', data: { reason: 'slow_reader', missed, after, message } };
}
