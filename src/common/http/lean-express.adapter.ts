import { createServer, type Server } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';
import express, { type NextFunction, type Request, type Response } from 'express';
import { repeat } from '../repeat';
import { JsonText } from './json-text';
import { refuseBrokenRequests, refuseStrange, refuseUnroutable } from './malformed-requests';
import {
  leanMessages,
  type LeanRequest,
  type LeanResponse,
  type MessageSettings,
  type ResponseSent,
} from './lean-messages';
import { answerUnmatched } from './not-found';
import { guardConnections, type ConnectionSettings } from './connections/connection-guard';
import { answerThenClose, leavesBodyUnread } from './unread-body';

export interface HttpSettings extends ConnectionSettings, MessageSettings {
  /** Time within which a complete request must arrive. */
  readonly requestTimeoutSeconds: number;
}

const LONGEST_HEAD_SECONDS = 15;
const KEEP_ALIVE_MILLIS = 65_000;
const LONGEST_FINISH_MILLIS = 7000;

/**
 * Nest's Express adapter at nearly the speed of plain Node: the server creates requests and responses with the prototypes
 * that Express would set, and sends JSON in one write, without an ETag. Everything else is standard Express and Nest. See docs/decisions/0003-lean-express-adapter.md.
 */
export class LeanExpressAdapter extends ExpressAdapter {
  private closed: Promise<void> | undefined;
  private readonly observers: { sent?: ResponseSent | undefined } = {};

  constructor(private readonly settings: HttpSettings) {
    const app = express();
    app.disable('x-powered-by');
    app.disable('etag');
    super(app);
  }

  /** Calls back after each response. There is one observer at most. */
  onResponseSent(observer: ResponseSent | undefined): void {
    this.observers.sent = observer;
  }

  override initHttpServer(): void {
    const app = this.getInstance<express.Express>();
    const { requestTimeoutSeconds } = this.settings;
    const options = {
      ...leanMessages(app, this.settings, this.observers),
      requireHostHeader: false,
      requestTimeout: requestTimeoutSeconds * 1000,
      headersTimeout: Math.min(requestTimeoutSeconds, LONGEST_HEAD_SECONDS) * 1000,
      connectionsCheckingInterval: 1000,
      keepAliveTimeout: KEEP_ALIVE_MILLIS,
    };
    const handle = (request: LeanRequest, response: LeanResponse) => {
      if (!refuseStrange(request, response)) app(request, response, (error) => refuseUnroutable(response, error));
    };
    const server = createServer(options);
    const take = guardConnections(server, this.settings, handle);
    server.on('request', take as never);
    server.on('checkContinue', (request: LeanRequest, response: LeanResponse) => {
      request.awaitsContinue = true;
      take(request, response);
    });
    refuseBrokenRequests(server, this.settings);
    this.httpServer = server;
  }

  /** Stops listening at once, and waits up to 7 s for requests in progress. Repeated calls return the same promise. */
  override close(): Promise<void> {
    return (this.closed ??= this.finish());
  }

  private async finish(): Promise<void> {
    const server = this.httpServer as Server | undefined;
    if (!server?.listening) return;
    const closeIdle = repeat(50, () => server.closeIdleConnections());
    const closeAll = setTimeout(() => server.closeAllConnections(), LONGEST_FINISH_MILLIS);
    await new Promise((resolve) => server.close(resolve));
    await closeIdle.stop();
    clearTimeout(closeAll);
  }

  /** Sends JSON in one write. Strings, streams and empty bodies are left to Express. */
  override reply(response: LeanResponse, body: unknown, statusCode?: number): unknown {
    if (typeof body !== 'object' || body === null || Object.getPrototypeOf(body) === null || 'getStream' in body) {
      return super.reply(response, body, statusCode) as unknown;
    }
    const status = statusCode ?? response.statusCode;
    const json = body instanceof JsonText ? body.text : JSON.stringify(body);
    if (!(this.httpServer as Server).listening) response.shouldKeepAlive = false;
    if (leavesBodyUnread(response.req)) return answerThenClose(response, status, json);
    response.sendJson(status, json);
  }

  /** Answers unknown paths with 404 and unknown methods with 405. */
  override setNotFoundHandler(): unknown {
    const app = this.getInstance<express.Express>();
    return this.use((request: Request, response: Response, next: NextFunction) =>
      answerUnmatched(app, request, response, next),
    );
  }
}
