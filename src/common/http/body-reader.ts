import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import * as errors from '../errors';
import { ApiError, type Refusal } from '../errors';
import type { LeanRequest } from './lean-messages';

const gunzipAsync = promisify(gunzip);
const DEEPEST_LEVELS = 32;

/**
 * Reads a request's body as a JSON object: 415 for another type, encoding or charset, 413 over the limit (told by
 * `Content-Length` alone where there is one), 400 for what is not one JSON object in UTF-8, or is nested absurdly deep.
 */
export async function readJsonObject(request: LeanRequest, limitBytes: number): Promise<Record<string, unknown>> {
  checkContentType(request.headers['content-type']);
  const compressed = isCompressed(request.headers['content-encoding']);
  const tooLarge = () => new ApiError(errors.BODY_TOO_LARGE, { words: { limit: String(limitBytes) } });
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge();

  const sent = await readBytes(request, limitBytes, tooLarge);
  const bytes = compressed ? await decompress(sent, limitBytes, tooLarge) : sent;
  return parseObject(bytes);
}

function checkContentType(header: string | undefined): void {
  const [type, ...parameters] = (header ?? '').toLowerCase().split(';');
  if (type?.trim() !== 'application/json') throw new ApiError(errors.CONTENT_TYPE_NOT_JSON);
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  if (charset && !/^charset="?utf-?8"?$/.test(charset)) throw new ApiError(errors.CHARSET_NOT_UTF8);
}

function isCompressed(encoding: string | undefined): boolean {
  const name = (encoding ?? 'identity').trim().toLowerCase();
  if (name !== 'gzip' && name !== 'identity') throw new ApiError(errors.CONTENT_ENCODING_UNKNOWN);
  return name === 'gzip';
}

function readBytes(request: LeanRequest, limitBytes: number, tooLarge: () => ApiError): Promise<Buffer> {
  request.bodyTaken = true;
  if (request.awaitsContinue) {
    request.awaitsContinue = false;
    request.res?.writeContinue();
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (outcome: () => void) => {
      request.off('data', take).off('end', end).off('close', cutShort).off('error', cutShort);
      outcome();
    };
    const take = (chunk: Buffer) => {
      length += chunk.length;
      if (length > limitBytes) settle(() => reject(tooLarge()));
      else chunks.push(chunk);
    };
    const end = () => settle(() => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    const cutShort = () => settle(() => reject(new ApiError(errors.BODY_CUT_SHORT)));
    request.on('data', take).on('end', end).on('close', cutShort).on('error', cutShort);
  });
}

async function decompress(bytes: Buffer, limitBytes: number, tooLarge: () => ApiError): Promise<Buffer> {
  try {
    return await gunzipAsync(bytes, { maxOutputLength: limitBytes });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new ApiError(errors.BODY_NOT_GZIP);
  }
}

function parseObject(bytes: Buffer): Record<string, unknown> {
  if (!isUtf8(bytes)) throw new ApiError(errors.BODY_NOT_UTF8);
  const value = parseJson(bytes.toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ApiError(errors.BODY_NOT_OBJECT);
  const found = findTrouble(value, 1);
  if (found) throw new ApiError(found, { words: { name: '__proto__', limit: String(DEEPEST_LEVELS) } });
  return value as Record<string, unknown>;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(errors.BODY_NOT_JSON);
  }
}

/** `__proto__` as an own key, or nesting that would overflow the stack of whatever walks the value later. */
function findTrouble(value: object, level: number): Refusal | undefined {
  if (level > DEEPEST_LEVELS) return errors.BODY_TOO_DEEP;
  if (Object.hasOwn(value, '__proto__')) return errors.UNKNOWN_PROPERTY;
  for (const inner of Object.values(value)) {
    const found = typeof inner === 'object' && inner !== null ? findTrouble(inner as object, level + 1) : undefined;
    if (found) return found;
  }
  return undefined;
}
