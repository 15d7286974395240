import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** Requests of one connection that are answered at the same time. */
export const MOST_PIPELINED_REQUESTS = 32;
/** With more bytes of its answers waiting for the reader, a connection gets no further request answered. */
export const MOST_BYTES_BEFORE_NEXT = 262_144;

const CONNECTION = Symbol('connection');

interface TrackedSocket extends Socket {
  [CONNECTION]?: Connection;
}

/** An answer, as far as its connection knows it. */
export interface Answer {
  /** Bytes of it, and of what leaves before it, that its client has not taken yet. */
  readonly writableLength: number;
  /** The connection that it is answered on, once that has taken its request. */
  line: Connection | undefined;
}

/** What connections report to: how many requests they hold back, and whose answers wait for their reader. */
export interface ConnectionWatch {
  readonly handle: (request: IncomingMessage, response: Answer) => void;
  heldBack(connection: Connection, change: number): void;
  isWaiting(connection: Connection, bytes: number): void;
}

/** The connection of a socket; none for one that was refused. */
export function connectionOf(socket: Socket | null): Connection | undefined {
  const tracked: TrackedSocket | null = socket;
  return tracked?.[CONNECTION];
}

/**
 * One open connection. Of the requests that its client pipelines (RFC 9112 §9.3.2), at most 32 are answered at the same
 * time; the others that came with them are held back untouched, and no more is read until they have had their turn.
 */
export class Connection {
  /** When it was opened or its last answer was taken, in milliseconds since 1970. */
  activeAt = Date.now();
  private readonly answering: Answer[] = [];
  private held: { readonly request: IncomingMessage; readonly response: Answer }[] = [];
  private stopsReading = false;

  /** @param group the address that it counts for; undefined where it counts for none */
  constructor(
    readonly socket: Socket,
    readonly group: string | undefined,
    private readonly watch: ConnectionWatch,
  ) {
    (socket as TrackedSocket)[CONNECTION] = this;
    socket.once('close', () => this.release());
  }

  get isIdle(): boolean {
    return this.answering.length === 0;
  }

  get heldCount(): number {
    return this.held.length;
  }

  /** Bytes of its answers that its client has not taken yet. */
  get waitingBytes(): number {
    return this.answering.reduce((sum, response) => sum + response.writableLength, 0);
  }

  /** Answers a request now, or holds it back until earlier ones have left. */
  take(request: IncomingMessage, response: Answer): void {
    if (this.socket.destroyed) return;
    response.line = this;
    if (this.answering.length === 0 || (this.held.length === 0 && this.hasRoom())) {
      this.begin(request, response);
      return;
    }
    this.held.push({ request, response });
    this.stopReading();
    this.watch.heldBack(this, 1);
  }

  /** Notes that part of an answer waits for the client. */
  noteWaiting(bytes: number): void {
    this.watch.isWaiting(this, bytes);
  }

  /** Notes that an answer has left. What is held back goes on once Node has made the next answer the current one. */
  done(response: Answer): void {
    const { answering } = this;
    if (answering.length === 1 && answering[0] === response) answering.pop();
    else answering.splice(0, answering.length, ...answering.filter((one) => one !== response));
    this.activeAt = Date.now();
    if (this.held.length > 0) process.nextTick(() => this.goOn());
  }

  /** Closes it at once, with all that it holds back. */
  abort(): void {
    this.release();
    this.socket.destroy();
  }

  private begin(request: IncomingMessage, response: Answer): void {
    this.answering.push(response);
    this.watch.handle(request, response);
  }

  private hasRoom(): boolean {
    return this.answering.length < MOST_PIPELINED_REQUESTS && this.waitingBytes < MOST_BYTES_BEFORE_NEXT;
  }

  private goOn(): void {
    while (this.held.length > 0 && this.socket.writable && (this.isIdle || this.hasRoom())) {
      const [next] = this.held.splice(0, 1);
      this.watch.heldBack(this, -1);
      // Only the last one can have a body that is still on its way.
      if (this.held.length === 0 && this.stopsReading) this.socket.resume();
      if (next) this.begin(next.request, next.response);
    }
  }

  /** Node resumes reading by itself when its own buffers drain, hence the listener. */
  private stopReading(): void {
    if (!this.stopsReading) {
      this.stopsReading = true;
      this.socket.on('resume', () => this.held.length > 0 && this.socket.pause());
      closeWithoutTraces(this.socket);
    }
    this.socket.pause();
  }

  private release(): void {
    const { length } = this.held;
    this.held = [];
    this.answering.length = 0;
    if (length > 0) this.watch.heldBack(this, -length);
  }
}

/**
 * Node makes an error for each request that a closed connection leaves unanswered. With their stack traces, a thousand held
 * requests would take 40 ms.
 */
function closeWithoutTraces(socket: Socket): void {
  const { stackTraceLimit } = Error;
  socket.prependOnceListener('close', () => (Error.stackTraceLimit = 0));
  socket.once('close', () => (Error.stackTraceLimit = stackTraceLimit));
}
