import type { TestApp } from './test-app';
import { until } from './until';

/** An event as a client of a stream sees it. */
export interface ReceivedEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: any;
}

/** An open stream of a test. */
export interface TestStream {
  readonly response: Response;
  readonly events: readonly ReceivedEvent[];
  /** The id of the last event, as a browser keeps it. */
  readonly lastId: string | undefined;
  /** Everything that was received. */
  readonly text: string;
  readonly isEnded: boolean;
  /** The values of the field `t` of the points so far. */
  readonly temperatures: number[];
  /** Waits for the first event with this name, and returns its data. */
  next(event: string): Promise<any>;
  /** Waits for this many points. */
  points(count: number): Promise<void>;
  close(): void;
}

export interface StreamOptions {
  readonly key?: string | undefined;
  readonly headers?: Record<string, string>;
}

/** Opens a stream with `fetch`, as the console does. */
export async function openStream(
  { url }: Pick<TestApp, 'url'>,
  query: string,
  { key, headers = {} }: StreamOptions = {},
): Promise<TestStream> {
  const abort = new AbortController();
  const response = await fetch(`${url}/api/data/stream${query}`, {
    headers: { ...(key !== undefined && { 'X-API-Key': key }), ...headers },
    signal: abort.signal,
  });
  if (response.status !== 200) throw new Error(`No stream was opened: ${await response.text()}`);
  const received = new Received(response.headers.get('content-type')?.includes('ndjson') === true);
  void received.readFrom(response);
  return {
    response,
    events: received.events,
    get lastId() {
      return received.lastId;
    },
    get text() {
      return received.text;
    },
    get isEnded() {
      return received.isEnded;
    },
    get temperatures() {
      return received.events.flatMap(({ event, data }) => (event === 'point' ? [data.values.t as number] : []));
    },
    async next(name) {
      await until(`an event ${name}`, () => received.events.some(({ event }) => event === name));
      return received.events.find(({ event }) => event === name)?.data;
    },
    points: (count) =>
      until(`${count} points`, () => received.events.filter(({ event }) => event === 'point').length >= count),
    close: () => abort.abort(),
  };
}

class Received {
  readonly events: ReceivedEvent[] = [];
  lastId: string | undefined;
  text = '';
  isEnded = false;
  private rest = '';

  constructor(private readonly isNdjson: boolean) {}

  async readFrom({ body }: Response): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of body as unknown as AsyncIterable<Uint8Array>)
        this.take(decoder.decode(chunk, { stream: true }));
    } catch {
      // The test has closed it, or the connection was lost.
    }
    this.isEnded = true;
  }

  private take(text: string): void {
    this.text += text;
    const separator = this.isNdjson ? '\n' : '\n\n';
    const blocks = (this.rest + text).split(separator);
    this.rest = blocks.pop() ?? '';
    for (const block of blocks) if (block !== '') this.add(this.isNdjson ? JSON.parse(block) : parsed(block));
  }

  private add({ event, id, data }: ReceivedEvent): void {
    if (id !== undefined) this.lastId = id;
    if (data !== undefined) this.events.push({ event, id, data });
  }
}

/** A block of an event stream: its lines have a name and a value (WHATWG HTML §9.2.6). */
function parsed(block: string): ReceivedEvent {
  const lines = block.split('\n').map((line) => /^([^:]*): ?(.*)$/.exec(line) ?? []);
  const valueOf = (wanted: string) => lines.find(([, name]) => name === wanted)?.[2];
  const data = valueOf('data');
  return { event: valueOf('event') ?? 'message', id: valueOf('id'), data: data && JSON.parse(data) };
}
