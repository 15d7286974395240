import { ConnectionError } from '../errors';
import type { Connection } from '../http/connection';
import { encodeBody } from '../http/gzip';
import type { QueuedPoint } from './point-queue';
import { WRITER_RETRIES, type WriterOptions } from './writer-options';

/** What the server did with a batch. */
export interface BatchOutcome {
  readonly inserted: number;
  readonly updated: number;
  readonly duplicates: number;
  readonly errors: readonly { readonly index: number; readonly message: string; readonly code?: string }[];
}

/**
 * Sends a batch until the server has answered. Valid points are stored also when others are not. Points that the server stored before a
 * response was lost count as duplicates.
 *
 * @throws the last error, if it does not pass or the time for retries is over
 */
export async function deliver(
  connection: Connection,
  batch: readonly QueuedPoint[],
  { bucketId, timeoutMillis, retry, signal, onRetry }: WriterOptions & { readonly signal: AbortSignal },
): Promise<BatchOutcome> {
  const bucket = bucketId === undefined ? '' : `"bucketId":${JSON.stringify(bucketId)},`;
  const text = `{${bucket}"dataPoints":[${batch.map(({ json }) => json).join()}]}`;
  return connection.json<BatchOutcome>('POST', '/api/data/batch', {
    query: { partial: true },
    encoded: await encodeBody(text, connection.gzipAbove),
    isRepeatable: true,
    retry: { ...WRITER_RETRIES, ...retry },
    signal,
    read: (json) => outcomeOf(json, batch.length),
    ...(timeoutMillis !== undefined && { timeoutMillis }),
    ...(onRetry && { onRetry }),
  });
}

/** Only the counts that the server gives confirm a batch: a captive portal also answers with 200. */
function outcomeOf(json: unknown, sent: number): BatchOutcome {
  const { inserted, updated, duplicates, rejected, errors = [] } = (json ?? {}) as Partial<Record<string, unknown>>;
  const counts = [inserted, updated, duplicates, rejected];
  const total = counts.reduce<number>((sum, count) => sum + (Number.isInteger(count) ? (count as number) : NaN), 0);
  if (total !== sent || !Array.isArray(errors))
    throw new ConnectionError(
      'The response does not confirm the batch: something else than the server may have answered',
    );
  return { ...(json as BatchOutcome), errors: errors as BatchOutcome['errors'] };
}
