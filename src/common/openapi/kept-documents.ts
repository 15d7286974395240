import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { NextFunction } from 'express';
import type { Encoding } from '../http/compression/accepted-encoding';
import { compressedOnce } from '../http/compression/compress';
import { chooseEncoding } from '../http/compression/encoded-answers';
import { etagOf, sendKept } from '../http/kept-bytes';
import type { LeanRequest, LeanResponse } from '../http/lean-messages';
import { SharedTurns } from '../http/shared-turns';

interface Variant {
  readonly bytes: Buffer;
  readonly etag: string;
}

interface Document extends Variant {
  readonly type: string;
  readonly encoded: Readonly<Record<Encoding, Variant>>;
}

/** A request that waits for its document. */
type Waiting = () => void;

export interface Kept {
  /** The paths whose documents the following routes render. */
  readonly paths: readonly string[];
  /** Documents that are files, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

/**
 * Caches documents. Each is rendered or read at its first request, compressed once, and then served from shared buffers, with an
 * ETag (RFC 9110 §8.8.3) for each content coding. Concurrent first requests wait for the same rendering.
 *
 * @param prepare computes the input of all documents. It runs before the first one, in its own turn of the event loop
 */
export function keepDocuments({ paths, files = {} }: Kept, prepare: () => void) {
  const documents = new Map<string, Promise<Document>>();
  const beingMade = new Map<string, Waiting[]>();
  // One connection can pipeline a thousand requests for a document.
  const turns = new SharedTurns();
  const answerInTurn = async (request: LeanRequest, response: LeanResponse, kept: Promise<Document>) => {
    const document = await kept;
    await turns.run(request.clientAddress, () => answer(request, response, document));
  };
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
      const document = documentOf(Buffer.from(String(body)), String(response.getHeader('Content-Type')));
      if (response.statusCode === 200) documents.set(path, document);
      answerInTurn(request, response, document).catch(next);
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
    const file = files[path];
    if ((!paths.includes(path) && file === undefined) || (method !== 'GET' && method !== 'HEAD')) next();
    else if (kept) answerInTurn(request, response, kept).catch(next);
    else if (file !== undefined) {
      const read = readFile(file).then((bytes) => documentOf(bytes, typeOf(response, file)));
      documents.set(path, read);
      // It is read again at the next request.
      read.catch(() => documents.delete(path));
      answerInTurn(request, response, read).catch(next);
    } else if (waiting) waiting.push(() => serve(request, response, next));
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

function typeOf(response: LeanResponse, file: string): string {
  return String(response.type(extname(file)).getHeader('Content-Type'));
}

async function documentOf(bytes: Buffer, type: string): Promise<Document> {
  const [br, gzip] = await Promise.all([compressedOnce(bytes, 'br'), compressedOnce(bytes, 'gzip')]);
  return {
    type,
    ...{ bytes, etag: etagOf(bytes) },
    encoded: { br: { bytes: br, etag: etagOf(bytes, 'br') }, gzip: { bytes: gzip, etag: etagOf(bytes, 'gzip') } },
  };
}

function answer(request: LeanRequest, response: LeanResponse, { type, encoded, ...identity }: Document): void {
  const encoding = chooseEncoding(response, ['br', 'gzip']);
  sendKept(request, response, { type, encoding, ...(encoding ? encoded[encoding] : identity) });
}
