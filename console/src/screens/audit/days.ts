const WITHIN_DAY = 86_400_000;
const named = new Map<string, Intl.DateTimeFormat>();

/** A local day: `2026-11-28`. */
export function dayOf(at: number, zone?: string): string {
  return formatOf('sv', { year: 'numeric', month: '2-digit', day: '2-digit' }, zone).format(at);
}

/** A day as a heading: `Today`, `Yesterday`, `Friday 27 November 2026`. */
export function dayInWords(at: number, now: number, zone?: string): string {
  const day = dayOf(at, zone);
  if (day === dayOf(now, zone)) return 'Today';
  if (day === dayOf(now - WITHIN_DAY, zone)) return 'Yesterday';
  // Together they would have a comma in some browsers.
  const weekday = formatOf('en-GB', { weekday: 'long' }, zone).format(at);
  return `${weekday} ${formatOf('en-GB', { day: 'numeric', month: 'long', year: 'numeric' }, zone).format(at)}`;
}

/** A time of the day: `15:40:12`. */
export function clockOf(at: number, zone?: string): string {
  return formatOf('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' }, zone).format(at);
}

export interface DayGroup<T> {
  readonly day: string;
  readonly at: number;
  readonly events: readonly T[];
}

/** Events in groups of the same local day, in their order. */
export function groupByDay<T extends { readonly at: string }>(events: readonly T[], zone?: string): DayGroup<T>[] {
  const groups: { day: string; at: number; events: T[] }[] = [];
  for (const event of events) {
    const at = Date.parse(event.at);
    const day = dayOf(at, zone);
    const last = groups.at(-1);
    if (last?.day === day) last.events.push(event);
    else groups.push({ day, at, events: [event] });
  }
  return groups;
}

/** When a local day begins; undefined for what is not a day. With `later` 1, the day after it. */
export function startOfDay(day: string, later = 0): number | undefined {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  if (year === undefined) return undefined;
  const start = new Date(Number(year), Number(month) - 1, Number(date) + later).getTime();
  return Number.isNaN(start) ? undefined : start;
}

function formatOf(locale: string, options: Intl.DateTimeFormatOptions, zone: string | undefined): Intl.DateTimeFormat {
  const id = `${locale} ${JSON.stringify(options)} ${zone ?? ''}`;
  const known = named.get(id) ?? new Intl.DateTimeFormat(locale, { ...options, ...(zone && { timeZone: zone }) });
  named.set(id, known);
  return known;
}
