import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionTurns, Stepper } from './connection-turns';
import { parseInPieces, type PieceReader } from './pieces';

/** Requests of one connection that are answered at the same time. */
export const MAX_PIPELINED_REQUESTS = 32;
/** A connection with more unread response bytes does not start further requests. */
export const MAX_BYTES_BEFORE_NEXT = 262_144;
/** Small chunks of bodies that take as long to parse as a request. */
export const SMALL_CHUNKS_PER_REQUEST = 16;
/** A connection with more small chunks is read after others. */
const MOST_CHUNKS_OF_QUIET = 1024;

const CONNECTION = Symbol('connection');

interface TrackedSocket extends Socket {
  [CONNECTION]?: Connection;
}

/** The part of a response that its connection uses. */
export interface Answer {
  /** Bytes of it, and of earlier responses, that the client has not read yet. */
  readonly writableLength: number;
  /** The connection that it is sent on, once that has accepted the request. */
  line: Connection | undefined;
  /** Reports that the connection has closed. */
  lostConnection(): void;
}

/** Receives reports of connections: how many requests they hold back, and how many response bytes are unread. */
export interface ConnectionWatch {
  readonly handle: (request: IncomingMessage, response: Answer) => void;
  readonly starts: ConnectionTurns;
  heldBack(connection: Connection, change: number): void;
  /** Reports small chunks of bodies that took as long to parse as a request. */
  hasParsedChunks(): void;
  isWaiting(connection: Connection, bytes: number): void;
  hasClosed(connection: Connection): void;
}

/** Returns the connection of a socket. Undefined for a refused one. */
export function connectionOf(socket: Socket | null): Connection | undefined {
  const tracked: TrackedSocket | null = socket;
  return tracked?.[CONNECTION];
}

/**
 * One open connection. Pipelined requests (RFC 9112 §9.3.2) start in turns with those of other connections, and at most 32 are
 * handled at the same time. Others that have already arrived are held back; with more than 32 of them, the socket is not read until
 * they have started.
 */
export class Connection implements Stepper, PieceReader {
  /** When it was opened or its last response was sent, in milliseconds since 1970. */
  activeAt = Date.now();
  /** Requests that it has received, and small chunks that took as long to parse. */
  begun = 0;
  private smallChunks = 0;
  private readonly answering: Answer[] = [];
  private held: { readonly request: IncomingMessage; readonly response: Answer }[] = [];
  private stopsReading = false;
  private waitsForTurn = false;
  private hasFinished = false;

  /** @param group the address that it counts for; undefined if it is not counted */
  constructor(
    readonly socket: Socket,
    readonly group: string | undefined,
    private readonly watch: ConnectionWatch,
  ) {
    (socket as TrackedSocket)[CONNECTION] = this;
    socket.once('close', () => {
      this.release();
      for (const response of this.answering.splice(0)) response.lostConnection();
    });
  }

  get isIdle(): boolean {
    return this.answering.length === 0;
  }

  /** Whether it finished a request, never held one back and sent few small chunks. */
  get isQuiet(): boolean {
    return this.hasFinished && !this.stopsReading && this.smallChunks <= MOST_CHUNKS_OF_QUIET;
  }

  get mayParse(): boolean {
    return !this.waitsForTurn && this.held.length <= MAX_PIPELINED_REQUESTS;
  }

  get heldCount(): number {
    return this.held.length;
  }

  /** Bytes of its responses that the client has not read yet. */
  get waitingBytes(): number {
    return this.answering.reduce((sum, response) => sum + response.writableLength, 0);
  }

  /** Handles a request now, or holds it back until it is its turn. */
  take(request: IncomingMessage, response: Answer): void {
    if (this.socket.destroyed) return;
    this.begun += 1;
    response.line = this;
    if (this.isIdle && this.held.length === 0) {
      this.begin(request, response);
      return;
    }
    this.held.push({ request, response });
    // A reset is not noticed while nothing is read, so a few are not enough.
    if (this.held.length > MAX_PIPELINED_REQUESTS) this.stopReading();
    this.watch.heldBack(this, 1);
    if (this.held.length === 1) this.watch.starts.add(this);
  }

  /** Counts a small chunk of a body. */
  noteSmallChunk(): void {
    this.smallChunks += 1;
    if (this.smallChunks % SMALL_CHUNKS_PER_REQUEST !== 0) return;
    this.begun += 1;
    this.watch.hasParsedChunks();
  }

  /** Reports that part of a response waits for the client. */
  noteWaiting(bytes: number): void {
    // Handlers can write after the connection is closed.
    if (!this.socket.destroyed) this.watch.isWaiting(this, bytes);
  }

  /** Records that a response is sent. Held requests continue once Node has switched to the next response. */
  done(response: Answer): void {
    const { answering } = this;
    if (answering.length === 1 && answering[0] === response) answering.pop();
    else answering.splice(0, answering.length, ...answering.filter((one) => one !== response));
    this.activeAt = Date.now();
    this.hasFinished = true;
    if (this.held.length > 0) this.watch.starts.add(this);
  }

  /** Starts the next request that was held back. */
  step(): boolean {
    if (!this.mayStartNext()) return false;
    const [next] = this.held.splice(0, 1);
    this.watch.heldBack(this, -1);
    // Only the last one can have a body that is still arriving.
    if (this.held.length === 0 && this.stopsReading && !this.waitsForTurn) this.socket.resume();
    if (next) this.begin(next.request, next.response);
    return this.mayStartNext();
  }

  /** Stops reading until `readAgain`. Returns whether it was reading. */
  waitForTurn(): boolean {
    if (this.waitsForTurn || this.held.length > 0 || this.socket.destroyed) return false;
    this.waitsForTurn = true;
    this.socket.pause();
    return true;
  }

  readAgain(): void {
    this.waitsForTurn = false;
    if (this.held.length === 0 && !this.socket.destroyed) this.socket.resume();
  }

  /** Parses no more requests than it may hold back from now on, at the cost of slower reads. */
  parseInPieces(): void {
    parseInPieces(this.socket, this);
  }

  /** Closes it at once and drops the held requests. */
  abort(): void {
    this.release();
    this.socket.destroy();
  }

  private begin(request: IncomingMessage, response: Answer): void {
    this.answering.push(response);
    this.watch.handle(request, response);
  }

  private hasRoom(): boolean {
    return this.answering.length < MAX_PIPELINED_REQUESTS && this.waitingBytes < MAX_BYTES_BEFORE_NEXT;
  }

  private mayStartNext(): boolean {
    return this.held.length > 0 && this.socket.writable && (this.isIdle || this.hasRoom());
  }

  /** The listener is needed because Node resumes reading by itself when its buffers drain. */
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
    this.watch.starts.remove(this);
    this.watch.hasClosed(this);
    if (length > 0) this.watch.heldBack(this, -length);
  }
}

/**
 * Node creates an error for each unanswered request of a closed connection. With stack traces, a thousand held requests
 * would take 40 ms.
 */
function closeWithoutTraces(socket: Socket): void {
  const { stackTraceLimit } = Error;
  socket.prependOnceListener('close', () => (Error.stackTraceLimit = 0));
  socket.once('close', () => (Error.stackTraceLimit = stackTraceLimit));
}
