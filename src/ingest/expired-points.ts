import { visibleFrom, type Retention } from '../common/retention';
import { POINT_EXPIRED } from './ingest.errors';
import { PointError, type RejectedPoint, type SentPoint } from './point-check';

/** What clients tell an expired point by in `details` and `errors`: it can be dropped, and the others sent again. */
export const POINT_EXPIRED_CODE = 'point_expired';

/** What of a bucket says which points are too old for it. */
export interface IngestBounds {
  /** Points before this time are refused; 0 if none are. */
  readonly from: number;
  readonly error: PointError | undefined;
}

/** Which points a bucket refuses for their age. */
export function boundsOf(bucket: Retention, nowMillis: number): IngestBounds {
  const { retentionDays } = bucket;
  if (retentionDays === null) return { from: 0, error: undefined };
  const days = retentionDays === 1 ? '1 day' : `${retentionDays} days`;
  const message = POINT_EXPIRED.message.replace('<days>', days);
  return {
    from: visibleFrom(bucket, nowMillis),
    error: new PointError(['timestamp'], message, { code: POINT_EXPIRED_CODE, errorCode: POINT_EXPIRED.code }),
  };
}

/** Those of some points that a bucket refuses for their age. */
export function expiredAmong(points: readonly SentPoint[], { from, error }: IngestBounds): RejectedPoint[] {
  return error ? points.filter(({ at }) => at < from).map(({ index }) => ({ index, error })) : [];
}
