import { randomUUID } from 'node:crypto';
import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Express, Request, Response } from 'express';
import { isAddressIn, readAddress } from '../addresses';
import type { ErrorCode } from '../error-codes';
import type { ApiError } from '../errors';
import { clientAddressOf } from './client-address';
import type { Answer, Connection } from './connections/connection';
import { errorHeaders, pathPrefixOf } from './error-headers';
import { leavesBodyUnread } from './unread-body';

/** A response as the server makes it. */
export interface LeanResponse extends Response, Answer {
  readonly req: LeanRequest;
  /** Header lines that its answer carries besides the usual ones: names and values by turns. */
  extraHeaders: readonly string[];
  /** Adds the headers of an error reply: its code, and the link to the errors page. */
  setErrorCode(code: ErrorCode): void;
  /** Sends head and body in one go, with what every answer of the API carries. */
  sendJson(status: number, json: string): void;
}

/** A request as the server makes it: Express's, and what this house keeps on it. */
export interface LeanRequest extends Request {
  /** The client's own `X-Request-Id` if it is sane, else a new one. */
  readonly requestId: string;
  /** Where it comes from, as far as trusted proxies tell. IPv4 is never written inside IPv6. Empty where nobody can tell. */
  readonly clientAddress: string;
  /** The path under which a trusted proxy serves this server: empty, or `/dakkio`. */
  readonly pathPrefix: string;
  /** The client waits for "100 Continue" before it sends the body. */
  awaitsContinue: boolean;
  /** Whether a body reader has begun to take the body in. */
  bodyTaken: boolean;
  /** Whose key it is, once the key guard has let the request in. */
  caller: unknown;
  /** What is wrong with the request now, where it may be the retry of one that came in time. */
  late: ApiError | undefined;
}

export interface MessageSettings {
  readonly trustedProxies: readonly string[];
  /** Whether the errors page is served, which error replies link to. */
  readonly docs: boolean;
}

const SANE_REQUEST_ID = /^[\w.:/+=@-]{1,128}$/;

/**
 * Makes the classes of the requests and responses of one Express application, which already carry what Express adds.
 *
 * Express gives each request and response a new prototype, and V8 then treats both as slow objects for the rest of
 * their lives. Here they are born with the very prototypes that Express is going to set, so that setting them changes
 * nothing. See docs/decisions/0003-lean-express-adapter.md.
 */
export function leanMessages(app: Express, { trustedProxies, docs }: MessageSettings) {
  const expressRequest = app.request;
  const trusted = trustedProxies.join(',');

  class Incoming extends IncomingMessage {
    awaitsContinue = false;
    bodyTaken = false;
    caller: unknown = undefined;
    late: ApiError | undefined = undefined;
    private client: string | undefined = undefined;
    private id = '';
    private readQuery: unknown = undefined;

    constructor(socket: Socket) {
      super(socket);
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
      // The system writes IPv4 in one way.
      if (trusted === '') return peer.includes(':') ? readAddress(peer) : peer;
      this.client ??= clientAddressOf(peer, this.headers['x-forwarded-for'] as string | undefined, trusted);
      return this.client;
    }

    get pathPrefix(): string {
      const header = this.headers['x-forwarded-prefix'];
      if (trusted === '' || header === undefined) return '';
      return isAddressIn(readAddress(this.socket.remoteAddress ?? ''), trusted) ? pathPrefixOf(header) : '';
    }

    /** Express's getter, until the request reader puts the checked query in its place. */
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

    /** Whatever sends the head: the request's id goes with it, and no large body is awaited that nobody reads. */
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

    /** Node calls this when the answer has left, and makes the next one of the connection the current one. */
    override detachSocket(socket: Socket): void {
      super.detachSocket(socket);
      this.line?.done(this);
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
      const length = String(Buffer.byteLength(json));
      const { requestId } = this.req as unknown as LeanRequest;
      // prettier-ignore
      super.writeHead(status, [
        'Content-Type', 'application/json; charset=utf-8', 'Content-Length', length,
        'Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff', 'X-Request-Id', requestId,
        ...this.extraHeaders,
      ]);
      this.end(json);
    }
  }

  app.request = heir(Incoming.prototype, app.request, app);
  app.response = heir(Outgoing.prototype, app.response, app);
  return {
    IncomingMessage: Incoming as unknown as typeof IncomingMessage,
    ServerResponse: Outgoing as unknown as typeof ServerResponse<IncomingMessage>,
  };
}

/** Puts one of Express's prototypes behind ours, and gives it the `app` of its own that Express's would have. */
function heir<T extends object>(prototype: object, expressPrototype: T, app: Express): T {
  Object.setPrototypeOf(prototype, expressPrototype);
  return Object.assign(prototype, { app }) as unknown as T;
}
