import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import * as errors from '../errors';
import { ApiError } from '../errors';
import { readBytes } from './body-bytes';
import type { BodyOwner } from './body-room';
import { BodyRooms, ownerOf, SMALL_BODY_BYTES, TINY_BODY_BYTES, type RequestRoom } from './body-rooms';
import { parseCsv, type CsvForm } from './csv-body';
import { parseJson, parseSmallJson, type RunPiece } from './json-body';
import type { LeanRequest } from './lean-messages';
import { SharedTurns } from './shared-turns';

const gunzipAsync = promisify(gunzip);

/** The accepted size and formats of a body. */
export interface BodyWanted {
  readonly limitBytes: number;
  readonly csv?: CsvForm | undefined;
  /** Whether an empty body means `{}`. */
  readonly mayBeEmpty?: boolean | undefined;
}

/** What is known about a body before it is read. */
interface Announced {
  readonly limitBytes: number;
  readonly tooLarge: () => ApiError;
  readonly length: number | undefined;
  readonly isCompressed: boolean;
}

/**
 * Reads request bodies as JSON objects, also from CSV. The memory for concurrent bodies is bounded, and so is the time for
 * which decompressing and parsing block the event loop.
 */
export class BodyReader {
  private readonly rooms: BodyRooms;
  private readonly turns = new SharedTurns();

  constructor(bounds: { readonly bodiesBytes: number; readonly bodyLimitBytes: number }) {
    this.rooms = new BodyRooms(bounds);
  }

  /**
   * Reads one body.
   *
   * @throws ApiError 415 for another type, encoding or charset; 413 over the limit, from `Content-Length` alone if
   *   present; 503 if there is no memory for it; 400 unless it is one JSON object in UTF-8 within the limits of depth and size
   */
  async read(request: LeanRequest, { limitBytes, csv, mayBeEmpty = false }: BodyWanted): Promise<object> {
    const form = checkContentType(request.headers['content-type'], csv);
    const isCompressed = checkEncoding(request.headers['content-encoding']);
    const tooLarge = () => new ApiError(errors.BODY_TOO_LARGE, { words: { limit: String(limitBytes) } });
    const sentLength = request.headers['content-length'];
    const length = sentLength === undefined ? undefined : Number(sentLength);
    if ((length ?? 0) > limitBytes) throw tooLarge();

    const isTiny = length !== undefined && length <= TINY_BODY_BYTES;
    if (isTiny && !isCompressed && !form)
      return parseSmallJson(await readBytes(request, { limitBytes, tooLarge, length }));
    const owner = ownerOf(request);
    const bytes = await this.readLarge(request, owner, { limitBytes, tooLarge, length, isCompressed });
    if (mayBeEmpty && bytes.length === 0) return {};
    const run: RunPiece = (work) => this.turns.run(owner.key, work);
    return form ? parseCsv(bytes, form, run) : parseJson(bytes, run);
  }

  /** Reads a body once there is memory for it, and decompresses it. The memory stays reserved until the response is sent. */
  private async readLarge(request: LeanRequest, owner: BodyOwner, announced: Announced): Promise<Buffer> {
    const { length, limitBytes, isCompressed } = announced;
    const room = this.rooms.for(request, owner);
    const isSmall = (length ?? 0) <= SMALL_BODY_BYTES;
    // A body that is large when compressed may expand to the limit.
    if (isSmall) await room.hold(SMALL_BODY_BYTES);
    else await room.hold(isCompressed ? limitBytes : (length ?? 0));
    const bytes = await readBytes(request, { ...announced, room });
    if (!isCompressed) return bytes;
    return inflate(bytes, announced, bytes.length > SMALL_BODY_BYTES ? undefined : room);
  }
}

/** Returns the form of a CSV body, or undefined for JSON. */
function checkContentType(header: string | undefined, csv: CsvForm | undefined): CsvForm | undefined {
  const [type = '', ...parameters] = (header ?? '').toLowerCase().split(';');
  const csvSent = type.trim() === 'text/csv' ? csv : undefined;
  if (!csvSent && type.trim() !== 'application/json')
    throw new ApiError(csv ? errors.CONTENT_TYPE_NOT_JSON_OR_CSV : errors.CONTENT_TYPE_NOT_JSON);
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  if (charset && !/^charset="?utf-?8"?$/.test(charset)) throw new ApiError(errors.CHARSET_NOT_UTF8);
  return csvSent;
}

function checkEncoding(encoding: string | undefined): boolean {
  const name = (encoding ?? 'identity').trim().toLowerCase();
  if (name === 'identity') return false;
  // Both names mean the same (RFC 9110 §8.4.1.3).
  if (name === 'gzip' || name === 'x-gzip') return true;
  throw new ApiError(errors.CONTENT_ENCODING_UNKNOWN);
}

/**
 * Decompresses in Node's thread pool, in chunks of 16 KiB, up to the limit.
 *
 * @param room reserves memory for the result; undefined if enough is reserved already
 */
async function inflate(bytes: Buffer, { limitBytes, tooLarge }: Announced, room?: RequestRoom): Promise<Buffer> {
  const expected = Math.min(limitBytes, Math.max(inflatedSize(bytes), SMALL_BODY_BYTES));
  // The size in the gzip trailer may be wrong: then retry with memory for the limit.
  for (const most of new Set([room ? expected : limitBytes, limitBytes])) {
    await room?.hold(most);
    const inflated = await inflateUpTo(bytes, most);
    if (inflated) return inflated;
  }
  throw tooLarge();
}

/** @returns undefined if the result exceeds `most` bytes */
async function inflateUpTo(bytes: Buffer, most: number): Promise<Buffer | undefined> {
  try {
    return await gunzipAsync(bytes, { maxOutputLength: most });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return undefined;
    throw new ApiError(errors.BODY_NOT_GZIP);
  }
}

/** The decompressed size in the trailer of the last gzip member (RFC 1952 §2.3.1). */
function inflatedSize(bytes: Buffer): number {
  return bytes.length < 4 ? 0 : bytes.readUInt32LE(bytes.length - 4);
}
