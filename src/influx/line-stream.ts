import * as errors from '../common/errors';
import { ApiError } from '../common/errors';
import type { LeanRequest } from '../common/http/lean-messages';
import { gunzipped } from '../ingest/gunzip';

/** As in InfluxDB, also after decompression. */
export const MAX_LINES_BYTES = 26_214_400;

/**
 * The body of a request of any content type, decompressed, as it arrives.
 *
 * @throws ApiError 413 over the limit, 415 for an unknown encoding, 400 for one that is damaged or ends early
 */
export async function* linesOf(request: LeanRequest): AsyncGenerator<Buffer> {
  const isCompressed = checkEncoding(request.headers['content-encoding']);
  if (Number(request.headers['content-length'] ?? 0) > MAX_LINES_BYTES) throw tooLarge();
  request.bodyTaken = true;
  if (request.awaitsContinue) {
    request.awaitsContinue = false;
    request.res?.writeContinue();
  }
  const sent = bounded(request);
  let length = 0;
  try {
    for await (const chunk of isCompressed ? gunzipped(sent) : sent) {
      length += chunk.length;
      if (length > MAX_LINES_BYTES) throw tooLarge();
      yield chunk;
    }
  } catch (cause) {
    if (cause instanceof ApiError) throw cause;
    throw new ApiError(request.errored ? errors.BODY_CUT_SHORT : errors.BODY_NOT_GZIP);
  }
}

async function* bounded(request: LeanRequest): AsyncGenerator<Buffer> {
  let length = 0;
  // Destroying the request at an early end would close the connection before the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_LINES_BYTES) throw tooLarge();
    yield chunk;
  }
}

function checkEncoding(encoding = 'identity'): boolean {
  const name = encoding.trim().toLowerCase();
  if (name === 'identity' || name === '') return false;
  if (name === 'gzip' || name === 'x-gzip') return true;
  throw new ApiError(errors.CONTENT_ENCODING_UNKNOWN);
}

function tooLarge(): ApiError {
  return new ApiError(errors.BODY_TOO_LARGE, { words: { limit: String(MAX_LINES_BYTES) } });
}
