import { ApiError, PointsLostError } from '../errors';
import type { Point } from '../data/points';
import type { BatchOutcome } from './delivery';
import type { QueuedPoint } from './point-queue';
import type { DropReason, RejectedPoint, WriterOptions } from './writer-options';

type Handlers = Pick<WriterOptions, 'onRejected' | 'onDropped' | 'onRetry'>;

/** Counts what becomes of points, and gives those that are not stored to the handlers of the caller. */
export class Report {
  readonly counts = { inserted: 0, updated: 0, duplicates: 0, rejected: 0, dropped: 0, retries: 0 };
  lastError: unknown;
  /** Points that were lost without a handler, since the last flush. */
  private lost: { count: number; cause: unknown } = { count: 0, cause: undefined };

  constructor(private readonly handlers: Handlers) {}

  stored(batch: readonly QueuedPoint[], { inserted, updated, duplicates, errors }: BatchOutcome): void {
    this.counts.inserted += inserted;
    this.counts.updated += updated;
    this.counts.duplicates += duplicates;
    const rejected = errors.flatMap(({ index, message, code }) => {
      const item = batch[index];
      return item ? [{ point: pointOf(item), message, code }] : [];
    });
    if (rejected.length > 0) this.rejected(rejected, rejected[0]?.message);
  }

  refused(batch: readonly QueuedPoint[], error: Error): void {
    const code = error instanceof ApiError ? error.code : undefined;
    const { message } = error;
    this.rejected(
      batch.map((item) => ({ point: pointOf(item), message, code, error })),
      error,
    );
  }

  dropped(items: readonly QueuedPoint[], reason: DropReason, cause: unknown): void {
    this.counts.dropped += items.length;
    const { onDropped } = this.handlers;
    if (onDropped) call(() => onDropped(items.map(pointOf), reason));
    else this.lose(items.length, cause);
  }

  retried(error: unknown, waitMillis: number): void {
    this.counts.retries++;
    this.lastError = error;
    const { onRetry } = this.handlers;
    if (onRetry) call(() => onRetry(error, waitMillis));
  }

  /** @throws PointsLostError for points that no handler knows of */
  throwLost(): void {
    const { count, cause } = this.lost;
    this.lost = { count: 0, cause: undefined };
    if (count > 0) throw new PointsLostError(count, { cause });
  }

  private rejected(rejected: readonly RejectedPoint[], cause: unknown): void {
    this.counts.rejected += rejected.length;
    const { onRejected } = this.handlers;
    if (onRejected) call(() => onRejected(rejected));
    else this.lose(rejected.length, cause);
  }

  private lose(count: number, cause: unknown): void {
    this.lost = { count: this.lost.count + count, cause: this.lost.cause ?? cause };
  }
}

export function pointOf({ json }: QueuedPoint): Point {
  return JSON.parse(json) as Point;
}

/** What a handler throws is reported as an unhandled rejection, and stops nothing here. */
function call(handler: () => void): void {
  void Promise.resolve().then(handler);
}
