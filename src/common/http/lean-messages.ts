import { randomUUID } from 'node:crypto';
import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Express, Request, Response } from 'express';
import { isAddressIn, readAddress } from '../addresses';
import type { ErrorCode } from '../error-codes';
import type { ApiError } from '../errors';
import { clientAddressOf } from './client-address';
import { encodeBody, MAX_PLAIN_BYTES, type Encodable } from './compression/encoded-answers';
import type { GzipPieces } from './compression/gzip-pieces';
import { connectionOf, type Answer, type Connection } from './connections/connection';
import { errorHeaders, pathPrefixOf } from './error-headers';
import { SmallChunks } from './small-chunks';
import { leavesBodyUnread } from './unread-body';

/** A response of this server. */
export interface LeanResponse extends Response, Answer, Pick<Encodable, 'compresses' | 'encoder'> {
  readonly req: LeanRequest;
  /** Additional headers, as alternating names and values. */
  extraHeaders: readonly string[];
  /** Adds the headers of an error reply: its code, and the link to the errors page. */
  setErrorCode(code: ErrorCode): void;
  /** Sends headers and body in one write, with the standard headers of the API. Above 1 KB the body may be compressed first. */
  sendJson(status: number, json: string): void;
}

/** A request of this server: Express's, with additional properties. */
export interface LeanRequest extends Request {
  /** The client's `X-Request-Id` if it is valid, else a new id. */
  readonly requestId: string;
  /** The client's address, from `X-Forwarded-For` behind a trusted proxy. Never IPv4-mapped IPv6. Empty if unknown. */
  readonly clientAddress: string;
  /** The path under which a trusted proxy serves this server: empty, or `/dakkio`. */
  readonly pathPrefix: string;
  /** The client waits for "100 Continue" before it sends the body. */
  awaitsContinue: boolean;
  /** Whether a body reader has begun to take the body in. */
  bodyTaken: boolean;
  /** Whether its body may take longer than a request may. The reader of the body then ends it. */
  mayArriveLate: boolean;
  /** The key and its permissions, set by the key guard. */
  caller: unknown;
  /** The text of that key, with which work that waited checks it again. Undefined for a ticket. */
  keyText: string | undefined;
  /** The validation error of a request that may be the retry of an earlier, valid one. */
  late: ApiError | undefined;
}

/** Called when a response was sent completely. */
export type ResponseSent = (request: LeanRequest, response: LeanResponse, millis: number) => void;

export interface MessageSettings {
  readonly trustedProxies: readonly string[];
  /** Whether the errors page is served, which error replies link to. */
  readonly docs: boolean;
  /** Whether answers are compressed for clients that accept it. */
  readonly compression: boolean;
}

const SANE_REQUEST_ID = /^[\w.:/+=@-]{1,128}$/;

/**
 * Creates the request and response classes of one Express application. They already have what Express adds.
 *
 * Express changes the prototype of each request and response, and V8 then treats both as slow objects. These classes
 * already have the prototypes that Express sets, so that setting them changes nothing. See docs/decisions/0003-lean-express-adapter.md.
 */
export function leanMessages(
  app: Express,
  { trustedProxies, docs, compression }: MessageSettings,
  observers: { sent?: ResponseSent | undefined } = {},
) {
  const { request: expressRequest, response: expressResponse } = app;
  const trusted = trustedProxies.join(',');

  class Incoming extends IncomingMessage {
    awaitsContinue = false;
    bodyTaken = false;
    mayArriveLate = false;
    caller: unknown = undefined;
    keyText: string | undefined = undefined;
    late: ApiError | undefined = undefined;
    readonly beganAt = performance.now();
    private client: string | undefined = undefined;
    private id = '';
    private readQuery: unknown = undefined;
    private hasChunk = false;
    private chunks: SmallChunks | undefined = undefined;

    constructor(socket: Socket) {
      super(socket);
    }

    /** Node's parser calls this for each chunk of the body, and with null at its end. */
    override push(chunk: Buffer | null): boolean {
      // Most bodies are one chunk.
      if (!this.chunks && (chunk === null || !this.hasChunk)) {
        this.hasChunk = true;
        return super.push(chunk);
      }
      this.chunks ??= new SmallChunks(
        this,
        (bytes) => super.push(bytes),
        () => connectionOf(this.socket)?.noteSmallChunk(),
      );
      return this.chunks.take(chunk);
    }

    get requestId(): string {
      if (this.id === '') {
        const sent = this.headers['x-request-id'];
        this.id = typeof sent === 'string' && SANE_REQUEST_ID.test(sent) ? sent : randomUUID();
      }
      return this.id;
    }

    get clientAddress(): string {
      const peer = this.socket.remoteAddress ?? '';
      // The system writes IPv4 addresses in canonical form.
      if (trusted === '') return peer.includes(':') ? readAddress(peer) : peer;
      this.client ??= clientAddressOf(peer, this.headers['x-forwarded-for'] as string | undefined, trusted);
      return this.client;
    }

    get pathPrefix(): string {
      const header = this.headers['x-forwarded-prefix'];
      if (trusted === '' || header === undefined) return '';
      return isAddressIn(readAddress(this.socket.remoteAddress ?? ''), trusted) ? pathPrefixOf(header) : '';
    }

    /** Express's getter, until the request reader sets the validated query. */
    get query(): unknown {
      return this.readQuery ?? Reflect.get(expressRequest, 'query', this);
    }

    set query(checked: unknown) {
      this.readQuery = checked;
    }
  }

  class Outgoing extends ServerResponse {
    extraHeaders: readonly string[] = [];
    line: Connection | undefined = undefined;
    encoder: GzipPieces | undefined = undefined;

    get compresses(): boolean {
      return compression;
    }

    /** Adds the request id, and closes the connection afterwards if a large body is left unread. */
    override writeHead(status: number, ...rest: unknown[]): this {
      const request = this.req as unknown as LeanRequest;
      if (leavesBodyUnread(request)) this.shouldKeepAlive = false;
      if (!this.headersSent && !this.hasHeader('X-Request-Id')) this.setHeader('X-Request-Id', request.requestId);
      for (let index = 0; index < this.extraHeaders.length; index += 2)
        this.setHeader(this.extraHeaders[index] ?? '', this.extraHeaders[index + 1] ?? '');
      return super.writeHead(status, ...(rest as []));
    }

    override write(chunk: unknown, encoding?: unknown, callback?: unknown): boolean {
      const goesOn = super.write(chunk, encoding as BufferEncoding, callback as () => void);
      this.noteWaiting();
      return goesOn;
    }

    override end(chunk?: unknown, encoding?: unknown, callback?: unknown): this {
      super.end(chunk, encoding as BufferEncoding, callback as () => void);
      this.noteWaiting();
      return this;
    }

    /** Node calls this when the response is sent, and then starts the next response of the connection. */
    override detachSocket(socket: Socket): void {
      super.detachSocket(socket);
      this.line?.done(this);
      if (!observers.sent) return;
      const request = this.req as unknown as Incoming;
      const millis = performance.now() - request.beganAt;
      observers.sent(request as unknown as LeanRequest, this as unknown as LeanResponse, millis);
    }

    /** Node emits `close` only on the response that it is sending, not on those that are pipelined behind it. */
    lostConnection(): void {
      if (this.socket !== null || this.destroyed) return;
      this.destroyed = true;
      this.emit('close');
    }

    private noteWaiting(): void {
      const { writableLength } = this;
      if (writableLength > 0) this.line?.noteWaiting(writableLength);
    }

    setErrorCode(code: ErrorCode): void {
      const { pathPrefix: prefix } = this.req as unknown as LeanRequest;
      this.extraHeaders = [...this.extraHeaders, ...errorHeaders(code, { docs, prefix })];
    }

    sendJson(status: number, json: string): void {
      const length = Buffer.byteLength(json);
      if (length <= MAX_PLAIN_BYTES) return this.sendBody(status, json, length, this.extraHeaders);
      const { body, headers } = encodeBody(this, json);
      const sentLength = typeof body === 'string' ? length : body.length;
      this.sendBody(status, body, sentLength, [...this.extraHeaders, ...headers]);
    }

    private sendBody(status: number, body: string | Buffer, length: number, headers: readonly string[]): void {
      const { requestId } = this.req as unknown as LeanRequest;
      // prettier-ignore
      super.writeHead(status, [
        'Content-Type', 'application/json; charset=utf-8', 'Content-Length', String(length),
        'Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff', 'X-Request-Id', requestId,
        ...headers,
      ]);
      this.end(body);
    }

    /** Express's method. Above 1 KB a text may be compressed first. */
    send(body?: unknown): this {
      const response = this as unknown as LeanResponse;
      let sent = body;
      if (typeof body === 'string' && Buffer.byteLength(body) > MAX_PLAIN_BYTES) {
        // Express takes bytes without a type for a binary file.
        if (!this.hasHeader('Content-Type')) response.type('html');
        const encoded = encodeBody(response, body);
        for (let index = 0; index < encoded.headers.length; index += 2)
          this.setHeader(encoded.headers[index] ?? '', encoded.headers[index + 1] ?? '');
        sent = encoded.body;
      }
      Reflect.apply(expressResponse.send, this, [sent]);
      return this;
    }
  }

  app.request = inheritFrom(Incoming.prototype, app.request, app);
  app.response = inheritFrom(Outgoing.prototype, app.response, app);
  return {
    IncomingMessage: Incoming as unknown as typeof IncomingMessage,
    ServerResponse: Outgoing as unknown as typeof ServerResponse<IncomingMessage>,
  };
}

/** Inherits from one of Express's prototypes, and sets `app` as Express does. */
function inheritFrom<T extends object>(prototype: object, expressPrototype: T, app: Express): T {
  Object.setPrototypeOf(prototype, expressPrototype);
  return Object.assign(prototype, { app }) as unknown as T;
}
