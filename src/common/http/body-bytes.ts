import { ApiError, BODY_CUT_SHORT } from '../errors';
import type { RequestRoom } from './body-rooms';
import { SMALL_BODY_BYTES } from './body-rooms';
import { chunkTurns } from './chunk-turns';
import type { LeanRequest } from './lean-messages';

const FIRST_BYTES = 16_384;

export interface BytesWanted {
  readonly limitBytes: number;
  readonly tooLarge: () => ApiError;
  /** The `Content-Length`. Undefined for a chunked body. */
  readonly length: number | undefined;
  /** Reserves memory for a chunked body once it is large. */
  readonly room?: RequestRoom;
}

/**
 * Reads the bytes of a body. The memory used is about its size, regardless of the number of chunks.
 *
 * @throws ApiError 413 over the limit, 400 for a body that ends early, 503 for a large one without room
 */
export function readBytes(request: LeanRequest, wanted: BytesWanted): Promise<Buffer> {
  request.bodyTaken = true;
  if (request.awaitsContinue) {
    request.awaitsContinue = false;
    request.res?.writeContinue();
  }
  return new Promise((resolve, reject) => {
    const gathered = new GatheredBytes(wanted.length);
    let needsRoom = wanted.length === undefined && wanted.room !== undefined;
    let waitsForRoom = false;
    const nextChunk = {
      step: () => {
        if (!waitsForRoom) request.resume();
        return false;
      },
    };
    const settle = (outcome: () => void) => {
      request.off('data', take).off('end', end).off('close', cutShort).off('error', cutShort);
      outcome();
    };
    const take = (chunk: Buffer) => {
      if (gathered.length + chunk.length > wanted.limitBytes) return settle(() => reject(wanted.tooLarge()));
      gathered.add(chunk);
      if (gathered.length <= SMALL_BODY_BYTES) return;
      request.pause();
      if (needsRoom) waitForRoom();
      else if (!waitsForRoom) chunkTurns.add(nextChunk);
    };
    const waitForRoom = () => {
      needsRoom = false;
      waitsForRoom = true;
      const resume = () => {
        waitsForRoom = false;
        request.resume();
      };
      const refuse = (cause: Error) => settle(() => reject(cause));
      // Reading continues after a refusal: the rest is discarded before the connection closes.
      wanted.room?.hold(wanted.limitBytes).catch(refuse).finally(resume);
    };
    const end = () => settle(() => resolve(gathered.bytes()));
    const cutShort = () => settle(() => reject(new ApiError(BODY_CUT_SHORT)));
    request.on('data', take).on('end', end).on('close', cutShort).on('error', cutShort);
  });
}

/** Concatenates chunks. Each chunk is copied, because a slice would keep the socket's whole read buffer in memory. */
class GatheredBytes {
  length = 0;
  private first: Buffer | undefined;
  private buffer: Buffer | undefined;

  constructor(private readonly expected: number | undefined) {}

  add(chunk: Buffer): void {
    if (this.length === 0 && chunk.length === this.expected) this.first = chunk;
    else this.append(chunk);
    this.length += chunk.length;
  }

  bytes(): Buffer {
    return this.first ?? this.buffer?.subarray(0, this.length) ?? Buffer.alloc(0);
  }

  private append(chunk: Buffer): void {
    const needed = this.length + chunk.length;
    this.buffer ??= Buffer.allocUnsafe(Math.max(this.expected ?? FIRST_BYTES, needed));
    if (needed > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * this.buffer.length, needed));
      this.buffer.copy(larger, 0, 0, this.length);
      this.buffer = larger;
    }
    chunk.copy(this.buffer, this.length);
  }
}
