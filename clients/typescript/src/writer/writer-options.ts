import type { Point } from '../data/points';
import { DakkioError } from '../errors';
import type { RetryOptions, RetryPolicy } from '../http/retry';

/** A point that the server refused, and why. */
export interface RejectedPoint {
  readonly point: Point;
  readonly message: string;
  /** The stable code of the problem, if it has one, such as `point_expired`. */
  readonly code?: string | undefined;
  /** Why the whole batch was refused, if it was: usually an ApiError. */
  readonly error?: Error | undefined;
}

/** `overflow`: the queue was full. `retry_time`: the batch could not be sent within `retry.maxRetryMillis`. */
export type DropReason = 'overflow' | 'retry_time';

export interface WriterOptions {
  /** Not needed with a key of a bucket. */
  readonly bucketId?: string;
  /** A batch is sent when it has so many points, 1000 at most. Default: 1000 */
  readonly batchPoints?: number;
  /** A batch is sent when it has so many bytes of JSON. Default: 1 MiB */
  readonly batchBytes?: number;
  /** A point waits for others at most so long. Default: 1000 */
  readonly maxDelayMillis?: number;
  /** How many points are kept while the server cannot be reached. Default: 100,000 */
  readonly maxQueuedPoints?: number;
  /** How many bytes of JSON are kept. Default: 64 MiB */
  readonly maxQueuedBytes?: number;
  /**
   * What `write` does when the queue is full: `wait` for room, `reject` the new points with a QueueFullError, or `drop-oldest` points to make room.
   * Default: `wait`
   */
  readonly overflow?: 'wait' | 'reject' | 'drop-oldest';
  /** How a batch is sent again. `maxRetryMillis` is 24 hours by default; then its points are dropped. */
  readonly retry?: RetryOptions;
  /** How long to wait for the response to a batch. Default: that of the client */
  readonly timeoutMillis?: number;
  /** Points that the server refused. Without it, `flush()` throws a PointsLostError. */
  readonly onRejected?: (rejected: readonly RejectedPoint[]) => void;
  /** Points that the writer gave up. Without it, `flush()` throws a PointsLostError. */
  readonly onDropped?: (points: readonly Point[], reason: DropReason) => void;
  /** A batch failed, and is sent again after the wait. */
  readonly onRetry?: (error: unknown, waitMillis: number) => void;
}

/** What a writer has and did. Points, unless it says otherwise. */
export interface WriterStats {
  readonly queuedPoints: number;
  readonly queuedBytes: number;
  /** Stored as new points. */
  readonly inserted: number;
  /** Stored in the place of points with other values. */
  readonly updated: number;
  /** They were stored before. */
  readonly duplicates: number;
  /** Refused by the server. */
  readonly rejected: number;
  /** Given up by the writer. */
  readonly dropped: number;
  /** Batches that were sent again. */
  readonly retries: number;
  /** Of the last batch that failed. */
  readonly lastError: unknown;
}

/** Options with their defaults. */
export interface WriterSettings extends WriterOptions {
  readonly batchPoints: number;
  readonly batchBytes: number;
  readonly maxDelayMillis: number;
  readonly maxQueuedPoints: number;
  readonly maxQueuedBytes: number;
  readonly overflow: 'wait' | 'reject' | 'drop-oldest';
}

/** The most points that the server takes in one request. */
const LARGEST_BATCH = 1000;
const DAY_MILLIS = 24 * 3600_000;

export const WRITER_RETRIES: RetryPolicy = {
  initialDelayMillis: 500,
  maxDelayMillis: 30_000,
  maxRetryMillis: DAY_MILLIS,
};

/** @throws DakkioError for a number that is out of its range */
export function settingsOf(options: WriterOptions): WriterSettings {
  const maxQueuedPoints = least(2, 'maxQueuedPoints', options.maxQueuedPoints ?? 100_000);
  const maxQueuedBytes = least(1024, 'maxQueuedBytes', options.maxQueuedBytes ?? 64 * 2 ** 20);
  const batchPoints = least(1, 'batchPoints', options.batchPoints ?? LARGEST_BATCH);
  const batchBytes = least(1, 'batchBytes', options.batchBytes ?? 2 ** 20);
  return {
    ...options,
    maxQueuedPoints,
    maxQueuedBytes,
    // A batch that is being sent leaves half of the queue to points that can be dropped or waited for.
    batchPoints: Math.min(batchPoints, LARGEST_BATCH, Math.floor(maxQueuedPoints / 2)),
    batchBytes: Math.min(batchBytes, Math.floor(maxQueuedBytes / 2)),
    maxDelayMillis: least(0, 'maxDelayMillis', options.maxDelayMillis ?? 1000),
    overflow: options.overflow ?? 'wait',
  };
}

function least(smallest: number, name: string, value: number): number {
  if (value >= smallest) return value;
  throw new DakkioError(`${name} must be a number, at least ${smallest}`);
}
