import { createHash } from 'node:crypto';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { NextFunction } from 'express';
import { writeChunk } from '../http/answer-stream';
import type { LeanRequest, LeanResponse } from '../http/lean-messages';
import { CallerGone } from '../http/yield';
import { SharedTurns } from '../http/shared-turns';

const PIECE_BYTES = 65_536;

interface Document {
  readonly bytes: Buffer;
  readonly type: string;
  readonly etag: string;
}

/** A request that waits for its document. */
type Waiting = () => void;

/**
 * Caches the responses of the following routes at these paths. Each is rendered at its first request and then served from one shared
 * buffer, with an ETag (RFC 9110 §8.8.3). Concurrent first requests wait for the same rendering.
 *
 * @param prepare computes the input of all documents. It runs before the first one, in its own turn of the event loop
 */
export function keepDocuments(paths: readonly string[], prepare: () => void) {
  const documents = new Map<string, Document>();
  const beingMade = new Map<string, Waiting[]>();
  // One connection can pipeline a thousand requests for a document.
  const turns = new SharedTurns();
  const answerInTurn = (request: LeanRequest, response: LeanResponse, document: Document) =>
    turns.run(request.clientAddress, () => answer(request, response, document));
  let prepared: Promise<void> | undefined;
  const make = async (path: string, request: LeanRequest, response: LeanResponse, next: NextFunction) => {
    await (prepared ??= inNextTurn(prepare));
    const answerWaiting = () => {
      const waiting = beingMade.get(path) ?? [];
      beingMade.delete(path);
      for (const one of waiting) one();
    };
    // The document must not depend on the query of the first request.
    request.url = request.originalUrl = path;
    response.send = (body: unknown) => {
      const document = documentOf(String(body), String(response.getHeader('Content-Type')));
      if (response.statusCode === 200) documents.set(path, document);
      answer(request, response, document);
      answerWaiting();
      return response;
    };
    // The document was not rendered, or the client disconnected.
    response.once('close', answerWaiting);
    next();
  };
  return function serve(request: LeanRequest, response: LeanResponse, next: NextFunction): void {
    const path = routedPath(request.path);
    const { method } = request;
    const kept = documents.get(path);
    const waiting = beingMade.get(path);
    if (!paths.includes(path) || (method !== 'GET' && method !== 'HEAD')) next();
    else if (kept) answerInTurn(request, response, kept).catch(next);
    else if (waiting) waiting.push(() => serve(request, response, next));
    else {
      beingMade.set(path, []);
      make(path, request, response, next).catch(next);
    }
  };
}

async function inNextTurn(work: () => void): Promise<void> {
  work();
  // The loop takes in what has arrived between a timer and the next one, and not before `setImmediate`.
  await setTimeout(1);
}

/** Express routes ignore case and a trailing slash. */
function routedPath(path: string): string {
  return path.toLowerCase().replace(/(.)\/$/, '$1');
}

function documentOf(text: string, type: string): Document {
  const bytes = Buffer.from(text);
  return { bytes, type, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"` };
}

/** With `no-cache`, a browser revalidates each time, and gets a 304 while its copy is current. */
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

/** Yields to other requests between pieces: one write could copy megabytes for each connection. */
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
