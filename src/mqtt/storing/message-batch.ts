import type { CurrentApiKey } from '../../auth/current-key.decorator';
import type { WrittenLine } from '../../ingest/line-protocol/written-lines';
import type { SentPoint } from '../../ingest/point-check';
import type { MappedMessage } from '../mapping/mapped-message';
import type { ArrivalTimes } from './arrival-times';

/** A message that is stored together with others. */
export interface PendingMessage {
  readonly message: MappedMessage;
  readonly nowMillis: number;
}

/** The points of a batch, each with the index of its message as its number. */
export interface BatchPoints {
  /** Those whose data source their topic or line names. */
  readonly lines: readonly WrittenLine[];
  /** Those whose data source is known by its id, and the message of each. */
  readonly points: readonly SentPoint[];
  readonly messageOf: readonly number[];
}

/** Sorts the points of messages by how their data source is found. A key that is bound to a data source writes to it alone. */
export function pointsOf(
  { bucketId, dataSourceId: own, lineId }: Pick<CurrentApiKey, 'bucketId' | 'dataSourceId' | 'lineId'>,
  batch: readonly PendingMessage[],
  times: ArrivalTimes,
): BatchPoints {
  const lines: WrittenLine[] = [];
  const points: SentPoint[] = [];
  const messageOf: number[] = [];
  for (const [number, { message, nowMillis }] of batch.entries())
    for (const { series, values, at: sentAt, metadata = null, dataSourceId } of message.points) {
      const id = dataSourceId ?? own;
      const source = `${bucketId} ${id ?? series.hash}`;
      const at = sentAt ?? times.next(lineId, metadata === null ? source : `${source} ${metadata}`, nowMillis);
      if (id === null) {
        lines.push({ series, values: values as WrittenLine['values'], at, number, metadata });
        continue;
      }
      points.push({ index: points.length, dataSourceId: id, values, at, metadata });
      messageOf.push(number);
    }
  return { lines, points, messageOf };
}
