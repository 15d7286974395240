/** One Server-Sent Event. */
export interface SseEvent {
  readonly type: string;
  readonly data: string;
  readonly id: string | undefined;
}

/** Splits a stream of text into Server-Sent Events, however it is cut into pieces (HTML Standard §9.2.6). Comments are dropped. */
export class SseParser {
  private rest = '';
  private type = '';
  private data: string[] = [];
  private id: string | undefined;
  private completedId: string | undefined;
  private retry: number | undefined;

  /** The id of the last complete event, also of one without data: where a client that reconnects goes on. */
  get lastId(): string | undefined {
    return this.completedId;
  }

  /** How long the server asks clients to wait before they reconnect. */
  get retryMillis(): number | undefined {
    return this.retry;
  }

  /** The events that this piece completes. */
  read(piece: string): SseEvent[] {
    const lines = (this.rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.readLine(line) ?? []);
  }

  private readLine(line: string): SseEvent | undefined {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.type = value;
    if (name === 'data') this.data.push(value);
    if (name === 'id' && !value.includes('\0')) this.id = value;
    if (name === 'retry' && /^\d+$/.test(value)) this.retry = Number(value);
    return undefined;
  }

  private dispatch(): SseEvent | undefined {
    const { type, data, id } = this;
    this.completedId = id;
    this.type = '';
    this.data = [];
    return data.length === 0 ? undefined : { type: type || 'message', data: data.join('\n'), id };
  }
}
