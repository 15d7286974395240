import { ApiProblem } from '../problem';
import { sendWithKey } from '../send';
import { SERVER_URL } from '../server';
import type { LiveFilter, LivePoint } from './live-point';
import { SseParser, type SseEvent } from './sse-parser';

export interface StreamRead {
  readonly filter: LiveFilter;
  /** The id of the last event that was seen. */
  readonly since: string | undefined;
  readonly signal: AbortSignal;
  readonly onOpen: () => void;
  readonly onPoints: (points: readonly LivePoint[], lastId: string | undefined) => void;
}

/**
 * Reads `GET /api/data/stream` until it ends. By `fetch`, since an EventSource cannot send the key in a header.
 *
 * @throws ApiProblem where the server refuses it: 404 where it has no stream
 */
export async function readStream({ filter, since, signal, onOpen, onPoints }: StreamRead): Promise<void> {
  const request = new Request(`${SERVER_URL}/api/data/stream?${searchOf(filter)}`, { signal });
  request.headers.set('Accept', 'text/event-stream');
  if (since !== undefined) request.headers.set('Last-Event-ID', since);
  const response = await sendWithKey(request);
  if (!response.ok || !response.body) {
    void response.body?.cancel();
    throw new ApiProblem('The stream of new points cannot be read', { status: response.status });
  }
  onOpen();
  const parser = new SseParser();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    const events = parser.read(piece.value).filter(({ type }) => type === 'point');
    if (events.length > 0) onPoints(events.flatMap(pointOf), events.at(-1)?.id);
  }
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
