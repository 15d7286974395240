import { problemOf } from '../problem';
import { sendWithKey } from '../send';
import { SERVER_URL } from '../server';
import type { LiveFilter, LivePoint } from './live-point';
import { SseParser, type SseEvent } from '../../../../clients/typescript/src/live/sse-parser';

export interface StreamRead {
  readonly filter: LiveFilter;
  /** The id of the last event that was seen. */
  readonly since: string | undefined;
  readonly signal: AbortSignal;
  readonly onOpen: () => void;
  readonly onPoints: (points: readonly LivePoint[]) => void;
  /** Gets the id to go on from. */
  readonly onPosition: (id: string) => void;
  /** The server cannot send some points: they have to be queried. */
  readonly onGap: () => void;
}

/** The server sends a heartbeat every 20 seconds. A network that is gone says nothing at all. */
const LONGEST_SILENCE_MILLIS = 65_000;

/**
 * Reads `GET /api/data/stream` until it ends. By `fetch`, since an EventSource cannot send the key in a header.
 *
 * @throws ApiProblem where the server refuses it: 404 where it has no stream
 */
export async function readStream({ filter, since, signal, onOpen, ...handlers }: StreamRead): Promise<void> {
  const request = new Request(`${SERVER_URL}/api/data/stream?${searchOf(filter)}`, { signal });
  request.headers.set('Accept', 'text/event-stream');
  if (since !== undefined) request.headers.set('Last-Event-ID', since);
  const response = await sendWithKey(request);
  if (!response.ok || !response.body) {
    // It fails where a 401 has closed the session, which aborts the request.
    response.body?.cancel().catch(() => undefined);
    throw problemOf(response, undefined);
  }
  onOpen();
  const parser = new SseParser();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const endIt = () => void reader.cancel().catch(() => undefined);
  let silence = setTimeout(endIt, LONGEST_SILENCE_MILLIS);
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      clearTimeout(silence);
      silence = setTimeout(endIt, LONGEST_SILENCE_MILLIS);
      deliver(parser.read(piece.value), handlers);
      if (parser.lastId !== undefined) handlers.onPosition(parser.lastId);
    }
  } finally {
    clearTimeout(silence);
  }
}

function deliver(events: readonly SseEvent[], { onPoints, onGap }: Pick<StreamRead, 'onPoints' | 'onGap'>): void {
  if (events.some(({ type }) => type === 'gap')) onGap();
  const points = events.filter(({ type }) => type === 'point').flatMap(pointOf);
  if (points.length > 0) onPoints(points);
}

function searchOf({ bucketId, dataSourceIds = [], fields = [] }: LiveFilter): URLSearchParams {
  const search = new URLSearchParams();
  if (bucketId !== undefined) search.set('bucketId', bucketId);
  for (const id of dataSourceIds) search.append('dataSourceId', id);
  for (const field of fields) search.append('fields', field);
  return search;
}

/** An event that is not a point of this shape is skipped: it belongs to a newer server. */
function pointOf({ data }: SseEvent): LivePoint[] {
  try {
    const point = JSON.parse(data) as Partial<LivePoint> | null;
    const { dataSourceId, timestamp, values } = point ?? {};
    if (typeof dataSourceId !== 'string' || typeof timestamp !== 'string' || typeof values !== 'object') return [];
    return [point as LivePoint];
  } catch {
    return [];
  }
}
