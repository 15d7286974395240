import { LruMap } from '../common/lru-map';

/** Formats kept in memory, one for each time zone. */
export const MAX_FORMATS = 256;
/** Names kept in memory: those of known zones, aliases included, and as many of unknown ones. */
export const MAX_NAMES = 1024;

/** IANA names, and offsets such as `+02:00`, which Node.js 22 and later support. */
const PLAUSIBLE_NAME = /^[A-Za-z+-][A-Za-z0-9_+\-/:]{0,63}$/;

/** By canonical name: aliases and other spellings of a name share one format. */
const formats = new LruMap<string, Intl.DateTimeFormat>(MAX_FORMATS);
/** Canonical names by lower-case name. */
const canonicalNames = new LruMap<string, string>(MAX_NAMES);
const unknownNames = new LruMap<string, true>(MAX_NAMES);
/** One query looks up the same zone thousands of times. */
let lastUsed: { readonly zone: string; readonly format: Intl.DateTimeFormat } | undefined;

/** Whether a name is an IANA time zone, in any case. Caches known and unknown names within fixed bounds. */
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

let suggested: readonly string[] | undefined;

/** The canonical names of time zones, which an error may suggest. */
export function suggestedTimeZones(): readonly string[] {
  return (suggested ??= ['UTC', ...Intl.supportedValuesOf('timeZone')]);
}

/** The number of formats and names in memory. For tests. */
export function timeZonesInMemory(): { readonly formats: number; readonly names: number } {
  return { formats: formats.size, names: canonicalNames.size + unknownNames.size };
}

/** The UTC offset of a time zone at a time, in milliseconds. */
export function offsetAt(millis: number, zone: string): number {
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

/** @throws RangeError for an unknown name */
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
