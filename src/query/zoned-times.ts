import { isoTime, type ShowTime } from './query-answer';
import { ZoneClock } from './zone-clock';

const MINUTE_MILLIS = 60_000;
/** `2026-07-01T00:00:00.000Z`. A year after 9999 has more. */
const USUAL_LENGTH = 24;

/**
 * Shows times on the clock of a time zone, with its offset: `2026-07-01T00:00:00.000+02:00` (RFC 3339). An offset with seconds is
 * rounded to minutes and the clock with it, so that the instant stays exact.
 */
export function timesIn(zone: string): ShowTime {
  if (zone === 'UTC') return isoTime;
  const clock = new ZoneClock(zone);
  return (at) => {
    const minutes = Math.round(clock.offsetAt(at) / MINUTE_MILLIS);
    const wall = new Date(at + minutes * MINUTE_MILLIS).toISOString();
    return wall.length === USUAL_LENGTH ? wall.slice(0, -1) + offsetText(minutes) : isoTime(at);
  };
}

function offsetText(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}
