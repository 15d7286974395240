import * as errors from '../common/errors';
import { ApiError } from '../common/errors';
import type { LeanRequest } from '../common/http/lean-messages';
import { gunzipped } from './gunzip';

/** How much of a body is read. */
export interface BodyBounds {
  /** The largest size, also after decompression. */
  readonly limitBytes: number;
  /** How long a client may send nothing. Without it, the time for a whole request applies. */
  readonly silentMillis?: number;
}

/**
 * The body of a request of any content type, decompressed, as it arrives.
 *
 * @throws ApiError 413 over the limit, 415 for an unknown encoding, 408 for a silent client, 400 for one that is damaged or ends early
 */
export async function* bodyStream(request: LeanRequest, bounds: BodyBounds): AsyncGenerator<Buffer> {
  const { limitBytes } = bounds;
  const isCompressed = checkEncoding(request.headers['content-encoding']);
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge(limitBytes);
  request.bodyTaken = true;
  request.mayArriveLate = bounds.silentMillis !== undefined;
  if (request.awaitsContinue) {
    request.awaitsContinue = false;
    request.res?.writeContinue();
  }
  const sent = bounded(request, bounds);
  let length = 0;
  try {
    for await (const chunk of isCompressed ? gunzipped(sent) : sent) {
      length += chunk.length;
      if (length > limitBytes) throw tooLarge(limitBytes);
      yield chunk;
    }
  } catch (cause) {
    if (cause instanceof ApiError) throw cause;
    throw new ApiError(request.errored ? errors.BODY_CUT_SHORT : errors.BODY_NOT_GZIP);
  }
}

async function* bounded(request: LeanRequest, { limitBytes, silentMillis }: BodyBounds): AsyncGenerator<Buffer> {
  let length = 0;
  // Destroying the request at an early end would close the connection before the answer.
  const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
  for (;;) {
    const next = await (silentMillis === undefined ? chunks.next() : within(chunks.next(), silentMillis));
    if (next.done) return;
    length += next.value.length;
    if (length > limitBytes) throw tooLarge(limitBytes);
    yield next.value;
  }
}

/** @throws ApiError 408 if it takes longer */
async function within<T>(arriving: Promise<T>, millis: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new ApiError(errors.REQUEST_TIMEOUT)), millis);
  });
  try {
    return await Promise.race([arriving, late]);
  } finally {
    clearTimeout(timer);
  }
}

function checkEncoding(encoding = 'identity'): boolean {
  const name = encoding.trim().toLowerCase();
  if (name === 'identity' || name === '') return false;
  if (name === 'gzip' || name === 'x-gzip') return true;
  throw new ApiError(errors.CONTENT_ENCODING_UNKNOWN);
}

function tooLarge(limitBytes: number): ApiError {
  return new ApiError(errors.BODY_TOO_LARGE, { words: { limit: String(limitBytes) } });
}
