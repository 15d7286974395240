import type { IncomingMessage, OutgoingHttpHeader } from 'node:http';
import { preferredEncoding, type Encoding } from './accepted-encoding';
import { compressed } from './compress';
import { GzipPieces } from './gzip-pieces';

/** The part of a response that decides on its compression. */
export interface Encodable {
  readonly req: IncomingMessage;
  /** Whether answers may be compressed. */
  readonly compresses: boolean;
  /** Compresses the answer while it is made; undefined if it is sent as it is. */
  encoder: GzipPieces | undefined;
  hasHeader(name: string): boolean;
  getHeader(name: string): OutgoingHttpHeader | undefined;
  setHeader(name: string, value: string): unknown;
}

/** Answers up to this size are sent as they are: they fit into one packet anyway. */
export const MAX_PLAIN_BYTES = 1024;
/** An API key or a webhook secret. Of a key, lists show only four characters after its type. */
const SECRET = /dakkio_[a-z]_[0-9A-Za-z]{5}|whsec_/;

/** The body of an answer, and its additional headers as alternating names and values. */
export interface EncodedBody {
  readonly body: string | Buffer;
  readonly headers: readonly string[];
}

/**
 * Encodes a whole answer above 1 KB: compressed if the client accepts it. An answer that shows an API key or a secret is not
 * compressed, so that its length tells nothing about them (BREACH, CVE-2013-3587).
 */
export function encodeBody(response: Encodable, text: string): EncodedBody {
  if (!mayEncode(response)) return { body: text, headers: [] };
  const encoding = acceptedOf(response, ['br', 'gzip']);
  const vary = ['Vary', varyOf(response)];
  if (encoding === undefined || SECRET.test(text)) return { body: text, headers: vary };
  return { body: compressed(text, encoding), headers: [...vary, 'Content-Encoding', encoding] };
}

/**
 * Prepares an answer that is sent while it is made: if the client accepts gzip, sets its headers, and `writeChunk` and `endChunks`
 * compress it from now on.
 */
export function beginEncoding(response: Encodable): void {
  const encoding = chooseEncoding(response, ['gzip']);
  if (encoding === undefined) return;
  response.setHeader('Content-Encoding', encoding);
  if (response.req.method !== 'HEAD') response.encoder = new GzipPieces();
}

/** Chooses the content coding of an answer, and sets `Vary`. Undefined for none, and where an answer must not be changed. */
export function chooseEncoding<T extends Encoding>(response: Encodable, ours: readonly T[]): T | undefined {
  if (!mayEncode(response)) return undefined;
  response.setHeader('Vary', varyOf(response));
  return acceptedOf(response, ours);
}

function acceptedOf<T extends Encoding>({ req }: Encodable, ours: readonly T[]): T | undefined {
  return preferredEncoding(req.headers['accept-encoding'], ours);
}

function mayEncode(response: Encodable): boolean {
  if (!response.compresses || response.hasHeader('Content-Encoding')) return false;
  return !String(response.getHeader('Cache-Control') ?? '').includes('no-transform');
}

/** What the answer depends on besides, such as `Origin` with CORS, and the coding. */
function varyOf(response: Encodable): string {
  const others = response.getHeader('Vary');
  return others === undefined ? 'Accept-Encoding' : `${String(others)}, Accept-Encoding`;
}
