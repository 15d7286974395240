import { preferredType } from '../common/http/accepted-type';

/** An event of a stream besides its points. */
export interface StreamEvent {
  readonly name: 'ready' | 'gap' | 'closed';
  readonly data: object;
  /** The position after it, where a client that reconnects goes on. */
  readonly id?: string | undefined;
}

/** How events are written. */
export interface StreamFormat {
  readonly contentType: string;
  /** @param json the point as JSON */
  point(json: string, id: string | undefined): string;
  event(event: StreamEvent): string;
  /** Keeps the connection open, and moves the client's last event id forward. */
  heartbeat(id: string): string;
  /** How long the client waits before it reconnects. */
  retry(millis: number): string;
}

const EVENT_STREAM = 'text/event-stream';
const NDJSON = 'application/x-ndjson';

/** Server-Sent Events (WHATWG HTML §9.2). */
const SERVER_SENT_EVENTS: StreamFormat = {
  contentType: EVENT_STREAM,
  point: (json, id) => `${id === undefined ? '' : `id: ${id}\n`}event: point\ndata: ${json}\n\n`,
  event: ({ name, data, id }) =>
    `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`,
  // An event without data is not dispatched, but its id counts.
  heartbeat: (id) => `: heartbeat\nid: ${id}\n\n`,
  retry: (millis) => `retry: ${millis}\n\n`,
};

/** One JSON object for each event, each on a line of its own. */
const JSON_LINES: StreamFormat = {
  contentType: NDJSON,
  point: (json, id) => `{"event":"point"${id === undefined ? '' : `,"id":"${id}"`},"data":${json}}\n`,
  event: ({ name, data, id }) => `${JSON.stringify({ event: name, id, data })}\n`,
  heartbeat: (id) => `{"event":"heartbeat","id":"${id}"}\n`,
  retry: () => '',
};

/** The format that the client prefers. Server-Sent Events by default. */
export function formatFor(accept: string | undefined): StreamFormat {
  return preferredType(accept, [EVENT_STREAM, NDJSON]) === NDJSON ? JSON_LINES : SERVER_SENT_EVENTS;
}
