import { pointJson, type Point } from '../data/points';
import { QueueFullError, WriterClosedError } from '../errors';
import { isTooLarge, type Connection } from '../http/connection';
import { isPassing } from '../http/retry';
import { orAborted, Watch, type Abortable } from '../http/timing';
import { deliver } from './delivery';
import { PointQueue, utf8Length, type QueuedPoint } from './point-queue';
import { pointOf, Report } from './report';
import { Turns } from './turns';
import { settingsOf, type WriterOptions, type WriterSettings, type WriterStats } from './writer-options';

export interface DeadlineOptions extends Abortable {
  /** How long to wait. */
  readonly timeoutMillis?: number;
}

/** What a closed writer leaves. */
export interface CloseResult {
  /** Points that the server did not acknowledge. They can be sent again: what is stored already is not stored twice. */
  readonly unsent: readonly Point[];
}

const MAX_WAITING_WRITES = 1000;
const CLOSE_TIMEOUT_MILLIS = 10_000;

/** Sends points in batches in the background, one batch after the other, and keeps them while the server cannot be reached. */
export class BatchWriter {
  private readonly settings: WriterSettings;
  private readonly queue: PointQueue;
  private readonly turns = new Turns(MAX_WAITING_WRITES);
  private readonly stop = new AbortController();
  private readonly report: Report;
  private batchBytes: number;
  /** How many points came into the queue, ever. */
  private accepted = 0;
  /** Points up to this one are sent without waiting for a full batch. */
  private dueUpTo = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private sending: Promise<void> | undefined;
  private closing: Promise<CloseResult> | undefined;
  private isClosed = false;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly connection: Connection,
    options: WriterOptions = {},
  ) {
    this.settings = settingsOf(options);
    this.report = new Report(options);
    this.batchBytes = this.settings.batchBytes;
    this.queue = new PointQueue({ points: this.settings.maxQueuedPoints, bytes: this.settings.maxQueuedBytes });
  }

  get stats(): WriterStats {
    const { length: queuedPoints, bytes: queuedBytes } = this.queue;
    const { counts, lastError } = this.report;
    return { queuedPoints, queuedBytes, ...counts, lastError };
  }

  /**
   * Puts points into the queue. With `overflow: 'wait'` it resolves when they are in it, so that a caller who awaits it is as fast as the server.
   * They are on disk when `flush()` resolves.
   *
   * @throws TypeError for a value that JSON cannot hold, QueueFullError, WriterClosedError
   */
  async write(points: Point | readonly Point[], { signal }: Abortable = {}): Promise<void> {
    signal?.throwIfAborted();
    const items = this.itemsOf(points);
    if (this.offer(items)) return;
    if (this.settings.overflow === 'reject')
      throw new QueueFullError(`The queue has no room for ${items.length} points`);
    await this.turns.enter(signal);
    try {
      for (const item of items) {
        while (!this.isClosed && !this.queue.hasRoomFor(1, item.bytes)) await this.change(signal);
        this.put(item);
      }
    } finally {
      this.turns.leave();
    }
  }

  /** Puts all points into the queue, or none: false if there is no room. With `overflow: 'drop-oldest'` there always is. */
  tryWrite(points: Point | readonly Point[]): boolean {
    return this.offer(this.itemsOf(points));
  }

  /**
   * Sends what is in the queue now, and resolves when the server has answered for all of it.
   *
   * @throws PointsLostError for points lost since the last flush, unless `onRejected` and `onDropped` got them; TimeoutError
   */
  async flush({ signal, timeoutMillis = Infinity }: DeadlineOptions = {}): Promise<void> {
    await this.sendAll(signal, timeoutMillis);
    this.report.throwLost();
  }

  /** Takes no more points, sends those in the queue until the deadline (10 seconds by default), and returns the others. */
  close({ signal, timeoutMillis = CLOSE_TIMEOUT_MILLIS }: DeadlineOptions = {}): Promise<CloseResult> {
    return (this.closing ??= this.end(signal, timeoutMillis));
  }

  private async end(signal: AbortSignal | undefined, timeoutMillis: number): Promise<CloseResult> {
    this.isClosed = true;
    this.noteChange();
    await this.sendAll(signal, timeoutMillis).catch(() => undefined);
    this.stop.abort();
    clearTimeout(this.timer);
    await this.sending;
    return { unsent: this.queue.removeAll().map(pointOf) };
  }

  private async sendAll(signal: AbortSignal | undefined, timeoutMillis: number): Promise<void> {
    const last = this.accepted;
    this.sendUpTo(last);
    const watch = new Watch(signal, timeoutMillis, 'The points could not be sent');
    try {
      while (this.settled < last) await this.change(watch.signal);
    } finally {
      watch.end();
    }
  }

  /** How many points have left the queue, ever. */
  private get settled(): number {
    return this.accepted - this.queue.length;
  }

  private itemsOf(points: Point | readonly Point[]): QueuedPoint[] {
    this.assertOpen();
    const all: readonly Point[] = Array.isArray(points) ? points : [points as Point];
    return all.map((point) => {
      const json = pointJson(point);
      const bytes = utf8Length(json);
      if (bytes * 2 > this.settings.maxQueuedBytes)
        throw new QueueFullError(`A point of ${bytes} bytes is larger than half of maxQueuedBytes`);
      return { json, bytes };
    });
  }

  private assertOpen(): void {
    if (this.isClosed) throw new WriterClosedError('The writer is closed');
  }

  /** Puts all points into the queue without waiting, or none. */
  private offer(items: readonly QueuedPoint[]): boolean {
    const bytes = items.reduce((sum, item) => sum + item.bytes, 0);
    if (this.settings.overflow === 'drop-oldest') this.makeRoom(items);
    else if (this.turns.isBusy || !this.queue.hasRoomFor(items.length, bytes)) return false;
    else items.forEach((item) => this.put(item));
    return true;
  }

  private makeRoom(items: readonly QueuedPoint[]): void {
    const dropped: QueuedPoint[] = [];
    for (const item of items) {
      while (!this.queue.hasRoomFor(1, item.bytes)) {
        const oldest = this.queue.dropOldest();
        if (!oldest) break;
        dropped.push(oldest);
      }
      this.put(item);
    }
    if (dropped.length === 0) return;
    this.report.dropped(dropped, 'overflow', new QueueFullError('The queue was full'));
    this.noteChange();
  }

  private put(item: QueuedPoint): void {
    this.assertOpen();
    this.queue.push(item);
    this.accepted++;
    this.send();
  }

  private sendUpTo(count: number): void {
    this.dueUpTo = Math.max(this.dueUpTo, count);
    this.send();
  }

  /** Begins to send if there is enough to send, or in time. */
  private send(): void {
    if (this.sending || this.queue.length === 0 || this.stop.signal.aborted) return;
    if (this.isDue) this.sending = this.sendBatches().finally(() => this.continue());
    else
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.sendUpTo(this.accepted);
      }, this.settings.maxDelayMillis);
  }

  private continue(): void {
    this.sending = undefined;
    this.send();
  }

  private get isDue(): boolean {
    const { batchPoints } = this.settings;
    return this.queue.length >= batchPoints || this.queue.bytes >= this.batchBytes || this.settled < this.dueUpTo;
  }

  private async sendBatches(): Promise<void> {
    while (this.isDue && this.queue.length > 0 && !this.stop.signal.aborted) {
      await this.sendBatch();
      this.noteChange();
    }
  }

  private async sendBatch(): Promise<void> {
    const batch = this.queue.pin({ points: this.settings.batchPoints, bytes: this.batchBytes });
    const onRetry = (error: unknown, waitMillis: number) => this.report.retried(error, waitMillis);
    try {
      const outcome = await deliver(this.connection, batch, { ...this.settings, signal: this.stop.signal, onRetry });
      this.queue.removePinned();
      this.report.stored(batch, outcome);
    } catch (error) {
      this.handle(batch, error);
    }
  }

  private handle(batch: readonly QueuedPoint[], error: unknown): void {
    // The points stay for the caller of close().
    if (this.stop.signal.aborted) return this.queue.unpin();
    this.report.lastError = error;
    if (isTooLarge(error) && batch.length > 1) {
      this.batchBytes = Math.floor(batch.reduce((sum, { bytes }) => sum + bytes, 0) / 2);
      return this.queue.unpin();
    }
    this.queue.removePinned();
    if (isPassing(error)) return this.report.dropped(batch, 'retry_time', error);
    this.report.refused(batch, error as Error);
  }

  private noteChange(): void {
    const listeners = [...this.listeners];
    this.listeners.clear();
    for (const listener of listeners) listener();
  }

  /** Resolves when points have left the queue. */
  private async change(signal: AbortSignal | undefined): Promise<void> {
    let listener = (): void => undefined;
    const changed = new Promise<void>((resolve) => this.listeners.add((listener = resolve)));
    try {
      await orAborted(changed, signal);
    } finally {
      this.listeners.delete(listener);
    }
  }
}
