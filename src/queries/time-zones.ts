import { LruMap } from '../common/lru-map';

const DAY_MILLIS = 86_400_000;
/** Formats kept in memory, one for each time zone. */
export const MOST_FORMATS = 256;
/** Names kept in memory: those of known zones, aliases included, and as many of unknown ones. */
export const MOST_NAMES = 1024;

/** IANA names, and offsets such as `+02:00`, which Node.js 22 and later know too. */
const PLAUSIBLE_NAME = /^[A-Za-z+-][A-Za-z0-9_+\-/:]{0,63}$/;

/** By canonical name: aliases and other cases of a name share one. */
const formats = new LruMap<string, Intl.DateTimeFormat>(MOST_FORMATS);
/** Canonical names by lower-case ones. */
const canonicalNames = new LruMap<string, string>(MOST_NAMES);
const unknownNames = new LruMap<string, true>(MOST_NAMES);
/** One query asks for the same zone thousands of times. */
let lastUsed: { readonly zone: string; readonly format: Intl.DateTimeFormat } | undefined;

/** Whether there is a time zone of this name (IANA), in any case. Remembers known and unknown names within fixed bounds. */
export function isTimeZone(name: string): boolean {
  if (!PLAUSIBLE_NAME.test(name)) return false;
  const folded = name.toLowerCase();
  if (canonicalNames.get(folded) !== undefined) return true;
  if (unknownNames.get(folded)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    unknownNames.set(folded, true);
    return false;
  }
}

/** How many formats and names are in memory. For tests. */
export function timeZonesInMemory(): { readonly formats: number; readonly names: number } {
  return { formats: formats.size, names: canonicalNames.size + unknownNames.size };
}

/** Days since 1970 on the calendar of a time zone. */
export function localDay(millis: number, zone: string): number {
  return Math.floor((millis + offsetAt(millis, zone)) / DAY_MILLIS);
}

/** When a day of a time zone's calendar begins: where midnight is skipped, right after the gap; where there are two, the first. */
export function startOfDay(day: number, zone: string): number {
  const wall = day * DAY_MILLIS;
  if (zone === 'UTC') return wall;
  // The offset before and after whatever change there may be around that midnight.
  const offsets = [offsetAt(wall - DAY_MILLIS, zone), offsetAt(wall + DAY_MILLIS, zone)];
  const moments = offsets.map((offset) => wall - offset).sort((one, other) => one - other);
  const real = moments.find((moment) => moment + offsetAt(moment, zone) === wall);
  return real ?? endOfGap(moments, day, zone);
}

/** The first moment of a day whose midnight is skipped. */
function endOfGap([from = 0, to = 0]: readonly number[], day: number, zone: string): number {
  let [low, high] = [from - 1, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (localDay(middle, zone) >= day) high = middle;
    else low = middle;
  }
  return high;
}

/** What a time zone's clocks are ahead of UTC at a moment, in milliseconds. */
function offsetAt(millis: number, zone: string): number {
  if (zone === 'UTC') return 0;
  const text = formatOf(zone).format(millis);
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = text.split(/\D+/).map(Number);
  const wall = Date.UTC(year, month - 1, day, hour % 24, minute, second);
  return wall - Math.floor(millis / 1000) * 1000;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  if (lastUsed?.zone === zone) return lastUsed.format;
  const folded = zone.toLowerCase();
  const canonical = canonicalNames.get(folded);
  const format = (canonical === undefined ? undefined : formats.get(canonical)) ?? keepFormat(folded);
  lastUsed = { zone, format };
  return format;
}

/** @throws RangeError for a name that Node.js does not know */
function keepFormat(folded: string): Intl.DateTimeFormat {
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: folded,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const canonical = made.resolvedOptions().timeZone;
  canonicalNames.set(folded, canonical);
  const format = formats.get(canonical) ?? made;
  formats.set(canonical, format);
  return format;
}
