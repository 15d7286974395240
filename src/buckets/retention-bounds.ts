import { visibleFrom, type Retention } from '../common/retention';
import type { Bucket } from './bucket.entity';

const DAY_MILLIS = 86_400_000;
/** How long points that a shorter `retentionDays` hides stay stored: until then a longer one shows them again. */
export const UNDO_MILLIS = DAY_MILLIS;

type RetentionWithUndo = Pick<Bucket, 'retentionDays' | 'undoFrom' | 'undoUntil'>;

/** Points before this time may be erased. Never later than `visibleFrom`. */
export function erasableBefore(bucket: RetentionWithUndo, nowMillis: number): number {
  const visible = visibleFrom(bucket, nowMillis);
  const { undoFrom, undoUntil } = bucket;
  return undoFrom !== null && undoUntil !== null && nowMillis < undoUntil ? Math.min(visible, undoFrom) : visible;
}

/**
 * What a bucket with a new retention keeps stored although it is hidden. A second shortening within a day keeps what the first
 * one hid, and begins the day again.
 */
export function undoAfter(
  bucket: RetentionWithUndo,
  wanted: Retention,
  nowMillis: number,
): Pick<Bucket, 'undoFrom' | 'undoUntil'> {
  const { undoFrom, undoUntil } = bucket;
  if (visibleFrom(wanted, nowMillis) <= visibleFrom(bucket, nowMillis)) return { undoFrom, undoUntil };
  return { undoFrom: erasableBefore(bucket, nowMillis), undoUntil: nowMillis + UNDO_MILLIS };
}
