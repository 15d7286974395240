import type { BacklogStart } from './backlog';
import { readEventId } from './event-id';

/** Where a stream begins. */
export type Since = { readonly id: string } | { readonly backlog: BacklogStart };

export const SINCE_EXAMPLE = '10m';

const DURATION = /^(\d{1,5})([smh])$/;
const UNIT_MILLIS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
const LONGEST_MILLIS = 86_400_000;

/** Parses `10m`, `latest` or the id of an event; undefined for any other text. */
export function parseSince(text: string): Since | undefined {
  if (text === 'latest') return { backlog: 'latest' };
  if (readEventId(text)) return { id: text };
  const [, count, unit = ''] = DURATION.exec(text) ?? [];
  const millis = Number(count) * (UNIT_MILLIS[unit] ?? NaN);
  return millis > 0 && millis <= LONGEST_MILLIS ? { backlog: { millis } } : undefined;
}
