import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { NextFunction } from 'express';
import { writeChunk } from '../http/answer-stream';
import type { LeanRequest, LeanResponse } from '../http/lean-messages';
import { CallerGone } from '../http/pause';

const PIECE_BYTES = 65_536;

interface Document {
  readonly bytes: Buffer;
  readonly type: string;
  readonly etag: string;
}

/**
 * Keeps what the routes behind it answer at these paths: each is made at its first request, and from then on is one
 * buffer that all answers share, with its ETag (RFC 9110 §8.8.3).
 *
 * @param prepare makes what all documents are made from. It has a turn of the event loop of its own, before the first of them
 */
export function keepDocuments(paths: readonly string[], prepare: () => void) {
  const documents = new Map<string, Document>();
  let isPrepared = false;
  const serve = (request: LeanRequest, response: LeanResponse, next: NextFunction): void => {
    const path = routedPath(request.path);
    const kept = documents.get(path);
    if (kept) {
      answer(request, response, kept);
      return;
    }
    // What is made must not depend on the query of the first request.
    request.url = request.originalUrl = path;
    response.send = (body: unknown) => {
      const document = documentOf(String(body), String(response.getHeader('Content-Type')));
      if (response.statusCode === 200) documents.set(path, document);
      answer(request, response, document);
      return response;
    };
    next();
  };
  return (request: LeanRequest, response: LeanResponse, next: NextFunction): void => {
    const { method } = request;
    if (!paths.includes(routedPath(request.path)) || (method !== 'GET' && method !== 'HEAD')) {
      next();
      return;
    }
    if (isPrepared) {
      serve(request, response, next);
      return;
    }
    isPrepared = true;
    prepare();
    void setImmediate().then(() => serve(request, response, next));
  };
}

/** Express's routes pass over case, and over a slash at the end. */
function routedPath(path: string): string {
  return path.toLowerCase().replace(/(.)\/$/, '$1');
}

function documentOf(text: string, type: string): Document {
  const bytes = Buffer.from(text);
  return { bytes, type, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"` };
}

/** With `no-cache` a browser asks each time, and is answered 304 while it has the current one. */
function answer(request: LeanRequest, response: LeanResponse, { bytes, type, etag }: Document): void {
  const headers = { ETag: etag, 'Cache-Control': 'no-cache', 'X-Content-Type-Options': 'nosniff' };
  if (response.statusCode === 200 && holds(request.headers['if-none-match'], etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(response.statusCode, { ...headers, 'Content-Type': type, 'Content-Length': bytes.length });
  if (request.method === 'HEAD') response.end();
  else void sendInPieces(response, bytes);
}

/** Other requests have their turn between pieces: what the system takes from memory at once can be megabytes for each connection. */
async function sendInPieces(response: LeanResponse, bytes: Buffer): Promise<void> {
  try {
    let sent = 0;
    for (; bytes.length - sent > PIECE_BYTES; sent += PIECE_BYTES) {
      await writeChunk(response, bytes.subarray(sent, sent + PIECE_BYTES));
      await setImmediate();
    }
    response.end(bytes.subarray(sent));
  } catch (cause) {
    if (!(cause instanceof CallerGone)) throw cause;
  }
}

/** Whether `If-None-Match` names this ETag, weakly compared (RFC 9110 §13.1.2). */
function holds(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
