import { visibleFrom, type Retention } from '../common/retention';
import type { Bucket } from './bucket.entity';

const DAY_MILLIS = 86_400_000;
/** How long points that a shorter `retentionDays` hides stay stored. Until then, a longer one shows them again. */
export const UNDO_MILLIS = DAY_MILLIS;

type RetentionWithUndo = Pick<Bucket, 'retentionDays' | 'undoFrom' | 'undoUntil'>;

/** Points before this time can be erased. It is never later than `visibleFrom`. */
export function erasableBefore(bucket: RetentionWithUndo, nowMillis: number): number {
  const visible = visibleFrom(bucket, nowMillis);
  const { undoFrom, undoUntil } = bucket;
  return undoFrom !== null && undoUntil !== null && nowMillis < undoUntil ? Math.min(visible, undoFrom) : visible;
}

/**
 * The hidden points that a bucket with a new retention keeps. A second shortening within a day keeps what the first one hid, and
 * restarts the day.
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
