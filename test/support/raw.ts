import { connect, type Socket } from 'node:net';

/** One answer as it came over the wire. `body` is the parsed JSON, or the text where it is none. */
export interface RawAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: any;
}

/** A bare TCP connection to the server, for what no HTTP client would send. */
export class RawConnection {
  private pieces: Buffer[] = [];
  private length = 0;
  private ended = false;
  private wake = () => {};
  /** Resolves once the server has closed its side, orderly or not. */
  readonly closed: Promise<void>;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.pieces.push(chunk);
      this.length += chunk.length;
      this.wake();
    });
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      const end = () => {
        this.ended = true;
        this.wake();
        resolve();
      };
      socket.once('end', end).once('close', end);
    });
  }

  /** Joined when they are read, since joining megabytes at each arrival takes seconds. */
  private get received(): Buffer {
    if (this.pieces.length !== 1) this.pieces = [Buffer.concat(this.pieces)];
    return this.pieces[0] as Buffer;
  }

  private set received(bytes: Buffer) {
    this.pieces = [bytes];
    this.length = bytes.length;
  }

  /** @param keepsOwnSide whether this side stays open when the server has closed its own */
  static open(port: number, { keepsOwnSide = false } = {}): Promise<RawConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: keepsOwnSide });
      socket.once('error', reject).once('connect', () => resolve(new RawConnection(socket.off('error', reject))));
    });
  }

  /** Hands bytes to the system. Resolves when it has taken them, or the connection is gone. */
  send(bytes: string | Buffer): Promise<void> {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }

  /** The next reply, including an interim one (100). Throws if the server closes before it is complete. */
  async next({ toHead = false } = {}): Promise<RawAnswer> {
    const headLength = (await this.until(() => this.received.indexOf('\r\n\r\n'), 'the head of an answer')) + 4;
    const [statusLine = '', ...lines] = this.received.toString('latin1', 0, headLength).trimEnd().split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [line.split(':', 1)[0]?.toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    ) as Record<string, string>;
    const bodyLength = toHead ? 0 : Number(headers['content-length'] ?? 0);
    await this.until(() => (this.length >= headLength + bodyLength ? 0 : -1), 'the body of an answer');
    const { received } = this;
    const text = received.toString('utf8', headLength, headLength + bodyLength);
    this.received = received.subarray(headLength + bodyLength);
    return { status: Number(statusLine.split(' ')[1]), headers, body: headers['content-type'] ? parsed(text) : text };
  }

  /** Received bytes that are not part of a returned reply. */
  takeAll(): string {
    const text = this.received.toString();
    this.received = Buffer.alloc(0);
    return text;
  }

  /** Every answer until the server closes. */
  async rest(): Promise<RawAnswer[]> {
    const answers: RawAnswer[] = [];
    await this.closed;
    while (this.length > 0) answers.push(await this.next());
    return answers;
  }

  /** Closes this side: nothing more will be sent. */
  end(): void {
    this.socket.end();
  }

  /** Cuts the connection with a TCP reset. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  destroy(): void {
    this.socket.destroy();
  }

  private async until(find: () => number, what: string): Promise<number> {
    for (;;) {
      const found = find();
      if (found >= 0) return found;
      if (this.ended) throw new Error(`The server closed the connection before ${what}`);
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}

/** Sends bytes on a connection of their own, and gives what the server answers until it closes. */
export async function exchange(port: number, bytes: string | Buffer): Promise<RawAnswer[]> {
  const connection = await RawConnection.open(port);
  await connection.send(bytes);
  const answers = await connection.rest();
  connection.destroy();
  return answers;
}

/** The bytes of a request: its first line, header lines and body. `Host` and, for a body, `Content-Length` are added. */
export function rawRequest(firstLine: string, headerLines: readonly string[] = [], body = ''): string {
  const hasLength = /^(content-length|transfer-encoding):/im.test(headerLines.join('\n'));
  const length = body !== '' && !hasLength ? [`Content-Length: ${Buffer.byteLength(body)}`] : [];
  return [`${firstLine} HTTP/1.1`, 'Host: test', ...headerLines, ...length, '', body].join('\r\n');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
