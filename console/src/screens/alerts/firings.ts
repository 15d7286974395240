import type { components } from '../../../../clients/typescript/src/api/schema';
import type { Condition } from './condition';

export type AlertEvent = components['schemas']['AlertEventView'];

/** From when a rule fired until it resolved. */
export interface Firing {
  /** Of its first event that is known. */
  readonly id: string;
  /** Null: it began before what is known. */
  readonly from: number | null;
  /** Null: it lasts. */
  readonly to: number | null;
  readonly reminders: number;
  /** The value that it fired with. */
  readonly value: unknown;
  readonly reason: AlertEvent['reason'];
}

/** The firings of a rule, newest first, from its events in the same order. */
export function firingsOf(events: readonly AlertEvent[]): Firing[] {
  const firings: Firing[] = [];
  let end: AlertEvent | undefined;
  let reminders = 0;
  for (const event of events) {
    if (event.event === 'resolved') {
      if (end) firings.push(withoutStart(end));
      end = event;
      reminders = event.repeat;
      continue;
    }
    reminders = Math.max(reminders, event.repeat);
    if (event.repeat > 0) continue;
    firings.push({
      id: event._id,
      from: Date.parse(event.timestamp),
      to: end ? Date.parse(end.timestamp) : null,
      reminders,
      value: event.currentValue,
      reason: end?.reason ?? null,
    });
    end = undefined;
    reminders = 0;
  }
  return end ? [...firings, withoutStart(end)] : firings;
}

function withoutStart({ _id, timestamp, repeat, reason }: AlertEvent): Firing {
  return { id: _id, from: null, to: Date.parse(timestamp), reminders: repeat, value: undefined, reason };
}

export type Peak = number | readonly (number | null)[] | null;

/** An interval of a preview. */
export interface MetInterval {
  readonly from: string;
  readonly to: string | null;
  readonly peak?: unknown;
}

/** The extreme value while a rule fired: that of the intervals in which its condition was met then. */
export function peakOf({ from, to }: Firing, intervals: readonly MetInterval[], condition: Condition): number | null {
  if (from === null || condition.operator === 'no_data') return null;
  const peaks = intervals
    .filter((one) => Date.parse(one.from) <= (to ?? Infinity) && (one.to === null || Date.parse(one.to) >= from))
    .flatMap(({ peak }) => (typeof peak === 'number' ? [peak] : []));
  if (peaks.length === 0) return null;
  const isBelow = condition.operator === 'lt' || condition.operator === 'lte';
  return isBelow ? Math.min(...peaks) : Math.max(...peaks);
}

/** A range around a firing that shows what was before and after it. */
export function rangeAround({ from, to }: Pick<Firing, 'from' | 'to'>, now: number) {
  const begin = from ?? to ?? now;
  const end = to ?? now;
  const margin = Math.max(10 * 60_000, (end - begin) / 2);
  return { from: begin - margin, to: Math.min(now, end + margin) };
}
