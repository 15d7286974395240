import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import * as errors from '../errors';
import { ApiError, ValidationError } from '../errors';
import { parseCsv, type CsvForm } from './csv-body';
import type { LeanRequest } from './lean-messages';

const gunzipAsync = promisify(gunzip);
const DEEPEST_LEVELS = 32;
const HARMFUL_NAMES = new Set(['__proto__', 'constructor', 'prototype']);
/** Without a match in the text there is no such name. An escape may hide one. */
const MAY_DO_HARM = /__proto__|constructor|prototype|\\u/;
/** RFC 8259 §8.1 lets a reader pass over it; editors on Windows write it. */
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Reads a request's body as a JSON object, or as one made from CSV where there is a form for it: 415 for another type,
 * encoding or charset, 413 over the limit (told by `Content-Length` alone where there is one), 400 for what is not one
 * JSON object in UTF-8, or is nested absurdly deep.
 */
export async function readBody(request: LeanRequest, limitBytes: number, csv?: CsvForm): Promise<object> {
  const csvSent = checkContentType(request.headers['content-type'], csv);
  const compressed = isCompressed(request.headers['content-encoding']);
  const tooLarge = () => new ApiError(errors.BODY_TOO_LARGE, { words: { limit: String(limitBytes) } });
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge();

  const sent = await readBytes(request, limitBytes, tooLarge);
  const bytes = compressed ? await decompress(sent, limitBytes, tooLarge) : sent;
  if (!isUtf8(bytes)) throw new ApiError(errors.BODY_NOT_UTF8);
  return csvSent ? parseCsv(bytes, csvSent) : parseObject(bytes);
}

/** Gives the form that the body has to be read by, unless it is JSON. */
function checkContentType(header: string | undefined, csv: CsvForm | undefined): CsvForm | undefined {
  const [type = '', ...parameters] = (header ?? '').toLowerCase().split(';');
  const csvSent = type.trim() === 'text/csv' ? csv : undefined;
  if (!csvSent && type.trim() !== 'application/json')
    throw new ApiError(csv ? errors.CONTENT_TYPE_NOT_JSON_OR_CSV : errors.CONTENT_TYPE_NOT_JSON);
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  if (charset && !/^charset="?utf-?8"?$/.test(charset)) throw new ApiError(errors.CHARSET_NOT_UTF8);
  return csvSent;
}

function isCompressed(encoding: string | undefined): boolean {
  const name = (encoding ?? 'identity').trim().toLowerCase();
  if (name === 'identity') return false;
  // RFC 9110 §8.4.1.3 has both names mean the same.
  if (name === 'gzip' || name === 'x-gzip') return true;
  throw new ApiError(errors.CONTENT_ENCODING_UNKNOWN);
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
  const text = bytes.toString('utf8');
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ApiError(errors.BODY_NOT_OBJECT);
  refuseDepth(value, 1);
  const harm = MAY_DO_HARM.test(text) ? pathToHarm(value, 1) : undefined;
  if (harm)
    throw new ValidationError([
      { path: ['body', ...harm], message: errors.UNKNOWN_PROPERTY.message.replace('<name>', String(harm.at(-1))) },
    ]);
  return value as Record<string, unknown>;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
  } catch {
    throw new ApiError(errors.BODY_NOT_JSON);
  }
}

/** @throws ApiError for nesting that would overflow the stack of whatever walks the value later */
function refuseDepth(value: object, level: number): void {
  if (level > DEEPEST_LEVELS) throw new ApiError(errors.BODY_TOO_DEEP, { words: { limit: String(DEEPEST_LEVELS) } });
  if (Array.isArray(value)) {
    for (const inner of value as unknown[])
      if (typeof inner === 'object' && inner !== null) refuseDepth(inner, level + 1);
    return;
  }
  for (const name in value) {
    const inner = value[name as never] as unknown;
    if (typeof inner === 'object' && inner !== null) refuseDepth(inner, level + 1);
  }
}

/**
 * Where a value has a name within that reaches into prototypes: whatever copies the value later might follow it. The
 * object's own names are left to the check of what is known.
 */
function pathToHarm(value: object, level: number): (string | number)[] | undefined {
  const entries: Iterable<[string | number, unknown]> = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [name, inner] of entries) {
    if (level > 1 && HARMFUL_NAMES.has(String(name))) return [name];
    const within = typeof inner === 'object' && inner !== null ? pathToHarm(inner, level + 1) : undefined;
    if (within) return [name, ...within];
  }
  return undefined;
}
