import type { Row } from '../data/data';
import { filterQuery, type PointFilter } from '../data/point-query';
import { ConnectionError, StreamClosedError } from '../errors';
import type { Connection } from '../http/connection';
import { delayOf, isPassing, type RetryOptions } from '../http/retry';
import { textOf } from '../http/text-stream';
import { pause, Watch, type Abortable } from '../http/timing';
import { SseParser, type SseEvent } from './sse-parser';

export interface StreamOptions extends PointFilter, Abortable {
  /** What the stream begins with: the points of the last minutes (`10m`), the newest ones (`latest`), or those after the `id` of an event. */
  readonly since?: string;
  /** Reconnects if the server is silent for so long. It sends something every 20 seconds. Default: 45,000 */
  readonly heartbeatTimeoutMillis?: number;
  /** How it reconnects. By default it never gives up while the server can only not be reached. */
  readonly retry?: RetryOptions;
  /** The stream has lost its connection, and reconnects after the wait. */
  readonly onDisconnect?: (error: unknown, waitMillis: number) => void;
}

/** A point of a stream: that of a raw query, with its bucket. */
export interface LivePoint extends Row {
  readonly bucketId: string;
}

/** Points that the stream cannot send. Query the range to get them. */
export interface Gap {
  readonly reason: string;
  /** How many, if it is known. */
  readonly missed: number | null;
  readonly message: string;
  readonly from?: string;
  readonly to?: string;
  readonly after?: string;
}

/** `id` is what a later stream can begin after, as `since`. */
export type StreamEvent =
  | { readonly type: 'ready'; readonly id: string | undefined; readonly data: { readonly bucketId: string } }
  | { readonly type: 'point'; readonly id: string | undefined; readonly data: LivePoint }
  | { readonly type: 'gap'; readonly id: string | undefined; readonly data: Gap };

const HEARTBEAT_TIMEOUT_MILLIS = 45_000;
const RETRIES = { initialDelayMillis: 500, maxDelayMillis: 30_000, maxRetryMillis: Infinity };
/** The reasons of `closed` after which the stream can continue. */
const PASSING_REASONS = ['server_stopping', 'server_error'];

/** Where a stream continues. */
interface Position {
  id: string | undefined;
  /** How long the server asked to wait. */
  waitMillis: number;
}

/** Events of a stream, over as many connections as it takes. */
export async function* streamEvents(
  connection: Connection,
  options: StreamOptions = {},
): AsyncGenerator<StreamEvent, void, undefined> {
  const { signal, onDisconnect } = options;
  const policy = { ...RETRIES, ...options.retry };
  const position: Position = { id: undefined, waitMillis: 0 };
  for (let failures = 0, workedAt = performance.now(); ; failures++) {
    let error: unknown = new ConnectionError('The server ended the stream');
    try {
      for await (const event of readOnce(connection, options, position)) {
        yield event;
        failures = 0;
        workedAt = performance.now();
      }
    } catch (cause) {
      if (signal?.aborted || !canContinueAfter(cause)) throw cause;
      error = cause;
    }
    const wait = Math.max(delayOf(policy, failures, error), position.waitMillis);
    if (performance.now() - workedAt + wait > policy.maxRetryMillis) throw error;
    position.waitMillis = 0;
    onDisconnect?.(error, wait);
    await pause(wait, signal);
  }
}

function canContinueAfter(error: unknown): boolean {
  return isPassing(error) || (error instanceof StreamClosedError && PASSING_REASONS.includes(error.reason));
}

/** Events of one connection. Notes how far it came. */
async function* readOnce(
  connection: Connection,
  options: StreamOptions,
  position: Position,
): AsyncGenerator<StreamEvent, void, undefined> {
  const { heartbeatTimeoutMillis = HEARTBEAT_TIMEOUT_MILLIS, since } = options;
  const watch = new Watch(options.signal, heartbeatTimeoutMillis, 'The stream was silent: nothing came');
  try {
    const response = await connection.send('GET', '/api/data/stream', {
      query: { ...filterQuery(options), since: position.id === undefined ? since : undefined },
      headers: { Accept: 'text/event-stream', ...(position.id !== undefined && { 'Last-Event-ID': position.id }) },
      signal: watch.signal,
    });
    const parser = new SseParser();
    for await (const text of textOf(response, watch)) {
      for (const event of parser.read(text)) {
        if (event.type === 'closed') throw closedError(event, parser, position);
        const known = eventOf(event);
        if (known) yield known;
      }
      position.id = parser.lastId ?? position.id;
    }
  } catch (cause) {
    throw watch.causeOf(cause);
  } finally {
    watch.end();
  }
}

function closedError({ data }: SseEvent, parser: SseParser, position: Position): StreamClosedError {
  position.id = parser.lastId ?? position.id;
  position.waitMillis = parser.retryMillis ?? 0;
  const { reason, message } = (jsonOf(data) ?? {}) as { reason?: string; message?: string };
  return new StreamClosedError(String(reason), message ?? 'The server closed the stream');
}

/** An event of a later version is skipped. */
function eventOf({ type, id, data }: SseEvent): StreamEvent | undefined {
  if (type !== 'ready' && type !== 'point' && type !== 'gap') return undefined;
  const json = jsonOf(data);
  return json && ({ type, id, data: json } as StreamEvent);
}

function jsonOf(text: string): object | undefined {
  try {
    const json = JSON.parse(text) as unknown;
    return typeof json === 'object' && json !== null ? json : undefined;
  } catch {
    return undefined;
  }
}
