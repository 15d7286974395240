import type { Readable } from 'node:stream';

/** Chunks of a body below this size are small. */
const SMALL_BYTES = 1024;
/** The first small chunks of a body are passed on as they arrive. */
const PASSED_ON = 16;
const JOINED_BYTES = 16_384;

/**
 * Joins the small chunks of a body. A client can send 64 KiB as ten thousand chunks of one byte: passed on one by one, each takes a
 * few microseconds and, while the body is not read, some hundred bytes of memory.
 */
export class SmallChunks {
  private count = 0;
  private joined: Buffer | undefined;
  private length = 0;

  /**
   * @param body where they are read
   * @param pass adds bytes to the body, or with null ends it; returns whether more may follow now
   * @param onSmall called for each small chunk
   */
  constructor(
    private readonly body: Readable,
    private readonly pass: (bytes: Buffer | null) => boolean,
    private readonly onSmall: () => void,
  ) {}

  /**
   * Passes on a chunk, or keeps it until the end of this turn of the event loop.
   *
   * @param chunk null at the end of the body
   * @returns whether more chunks may follow now
   */
  take(chunk: Buffer | null): boolean {
    if (chunk === null || chunk.length >= SMALL_BYTES) {
      this.passJoined();
      return this.pass(chunk);
    }
    this.onSmall();
    this.count += 1;
    if (this.count <= PASSED_ON) return this.pass(chunk);
    if (this.length + chunk.length > JOINED_BYTES) this.passJoined();
    if (!this.joined) {
      this.joined = Buffer.allocUnsafeSlow(JOINED_BYTES);
      setImmediate(() => this.passJoined());
    }
    chunk.copy(this.joined, this.length);
    this.length += chunk.length;
    return this.body.readableLength + this.length < this.body.readableHighWaterMark;
  }

  private passJoined(): void {
    const { joined, length } = this;
    if (!joined) return;
    this.joined = undefined;
    this.length = 0;
    // A copy, so that a few bytes do not keep the whole buffer.
    if (!this.body.destroyed) this.pass(Buffer.from(joined.subarray(0, length)));
  }
}
