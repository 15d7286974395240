import { isoTime } from '../common/times';
import { writeEventId, type Position } from './event-id';
import type { StreamEvent } from './stream-format';

/** Why points are left out. */
type GapReason = 'id_expired' | 'id_unknown' | 'commits_removed';

const MESSAGES: Readonly<Record<GapReason, string>> = {
  id_expired: 'Points that were stored after this id can no longer be replayed. Query the time range to get them',
  id_unknown: 'This id is not one of this server. Query the time range to get points from before now',
  commits_removed:
    'The server could not read commits in time, and they were removed. Query the time range to get their points',
};

/** The event for points that cannot be replayed. The stream goes on at `position`. */
export function gapOf(reason: GapReason, from: number | undefined, position: Position): StreamEvent {
  const range = { ...(from !== undefined && { from: isoTime(from) }), to: isoTime(Date.now()) };
  return {
    name: 'gap',
    data: { reason, missed: null, ...range, message: MESSAGES[reason] },
    id: writeEventId(position),
  };
}
