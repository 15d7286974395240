import { visibleFrom, type Retention } from '../common/retention';
import { POINT_EXPIRED } from './ingest.errors';
import type { SentPoint } from './point-check';
import { PointError, type RejectedPoint } from './point-error';

/** The code of an expired point in `details` and `errors`. A client can drop the point and send the others again. */
export const POINT_EXPIRED_CODE = 'point_expired';

/** The age limit of a bucket. */
export interface IngestBounds {
  /** Points before this time are rejected; 0 if none are. */
  readonly from: number;
  readonly error: PointError | undefined;
}

/** The age limit that follows from a bucket's retention. */
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

/** The points that a bucket rejects for their age. */
export function expiredAmong(points: readonly SentPoint[], { from, error }: IngestBounds): RejectedPoint[] {
  return error ? points.filter(({ at }) => at < from).map(({ index }) => ({ index, error })) : [];
}
