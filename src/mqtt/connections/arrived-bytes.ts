/** Bytes of packets of one rotation line that have arrived and wait for the server. */
export const MAX_WAITING_OF_LINE = 8_388_608;
/** The same, of all rotation lines. Beyond it, each may have one chunk. */
export const MAX_WAITING = 33_554_432;
/** Node reads up to this much of a socket at a time. */
export const CHUNK_BYTES = 65_536;
/** Connections of a rotation line that are read again in one turn of the event loop. */
export const RESUMED_PER_TURN = 16;

/** A connection, as far as its reading can be stopped. */
interface Reader {
  stop(): void;
  resume(): void;
}

/** What one connection has of the share of its rotation line. */
export class ArrivedShare {
  private held = 0;
  private exempt = false;
  private hasLeft = false;

  constructor(
    private readonly line: ArrivedOfLine,
    private readonly reader: Reader,
  ) {
    line.reading.add(this);
  }

  /** Whether it is read even if others are stopped. */
  get isExempt(): boolean {
    return this.exempt;
  }

  set isExempt(isExempt: boolean) {
    this.exempt = isExempt;
    if (isExempt) this.resume();
  }

  /** Sets how many bytes of its packets wait for the server. */
  hold(bytes: number): void {
    if (this.hasLeft) return;
    const change = bytes - this.held;
    this.held = bytes;
    if (change !== 0) this.line.add(change);
  }

  leave(): void {
    this.line.leave(this);
    this.hold(0);
    this.hasLeft = true;
  }

  stop(): void {
    this.line.reading.delete(this);
    this.line.stopped.add(this);
    this.reader.stop();
  }

  resume(): void {
    if (!this.line.stopped.delete(this)) return;
    this.line.reading.add(this);
    this.reader.resume();
  }
}

/** The connections of one rotation line. */
class ArrivedOfLine {
  readonly reading = new Set<ArrivedShare>();
  /** In the order in which they were stopped. */
  readonly stopped = new Set<ArrivedShare>();
  private waiting = 0;
  private isResuming = false;

  constructor(
    private readonly all: ArrivedBytes,
    private readonly emptied: () => void,
  ) {}

  add(change: number): void {
    this.waiting += change;
    this.all.waiting += change;
    if (this.isOver) for (const share of this.reading) if (!share.isExempt) share.stop();
    this.resumeSome();
  }

  leave(share: ArrivedShare): void {
    this.reading.delete(share);
    this.stopped.delete(share);
    if (this.reading.size + this.stopped.size === 0) this.emptied();
  }

  private get isOver(): boolean {
    return this.all.isOver(this.waiting);
  }

  /** Lets some connections read, and others in later turns as long as there is room. */
  private resumeSome(): void {
    if (this.isResuming || this.stopped.size === 0 || this.isOver) return;
    this.isResuming = true;
    setImmediate(() => {
      this.isResuming = false;
      let count = 0;
      for (const share of this.stopped) {
        if (this.isOver || count >= RESUMED_PER_TURN) break;
        count += 1;
        share.resume();
      }
      this.resumeSome();
    });
  }
}

/**
 * Bounds what is read ahead of being answered. When the packets of a rotation line that wait exceed its share, none of its
 * connections is read until there are fewer, and then a few at a time.
 */
export class ArrivedBytes {
  waiting = 0;
  private readonly lines = new Map<string, ArrivedOfLine>();

  constructor(
    private readonly mostOfLine = MAX_WAITING_OF_LINE,
    private readonly most = MAX_WAITING,
  ) {}

  /** Counts a connection of a rotation line. */
  join(lineId: string, reader: Reader): ArrivedShare {
    let line = this.lines.get(lineId);
    if (!line) this.lines.set(lineId, (line = new ArrivedOfLine(this, () => this.lines.delete(lineId))));
    return new ArrivedShare(line, reader);
  }

  isOver(waitingOfLine: number): boolean {
    return waitingOfLine > this.mostOfLine || (this.waiting > this.most && waitingOfLine > CHUNK_BYTES);
  }
}
