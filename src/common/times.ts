const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const MINUTE_MILLIS = 60_000;

/**
 * Parses an RFC 3339 time with an offset into milliseconds since 1970, or undefined for any other text. Finer digits are
 * truncated, not rounded. Rejects times before 1970 or after 9999 in UTC, and days that do not exist, such as 30 February.
 * Second `60` is the first second of the next minute.
 */
export function parseTime(text: string): number | undefined {
  const parts = RFC_3339.exec(text);
  if (!parts) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number);
  const [offsetHour = 0, offsetMinute = 0] = parts.slice(9, 11).map((part) => Number(part ?? 0));
  if (hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59) return undefined;
  // Date moves days beyond the end of the month into the next month.
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;

  const millis = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const offset = (offsetHour * 60 + offsetMinute) * MINUTE_MILLIS * (parts[8] === '-' ? -1 : 1);
  const time = Date.UTC(year, month - 1, day, hour, minute, second, millis) - offset;
  return time >= 0 && time <= LATEST ? time : undefined;
}

/** Smaller values, before 1973-03-03, are probably seconds instead of milliseconds. */
export const LEAST_EPOCH_MILLIS = 1e11;
const RELATIVE = /^now((?:[+-](?:\d{1,9}[smhdw])+)?)$/;
const UNIT_MILLIS: Readonly<Record<string, number>> = {
  ...{ s: 1000, m: MINUTE_MILLIS, h: 60 * MINUTE_MILLIS },
  ...{ d: 1440 * MINUTE_MILLIS, w: 7 * 1440 * MINUTE_MILLIS },
};

/**
 * Parses one end of a time range: an RFC 3339 time, milliseconds since 1970 as a number or as digits, or a time relative
 * to now such as `now-24h`. Returns `seconds` for a number that looks like seconds, and undefined for anything else.
 */
export function readRangeEnd(value: unknown, nowMillis = Date.now()): number | 'seconds' | undefined {
  if (typeof value === 'string') {
    const epoch = /^\d{1,17}$/.test(value) ? epochMillis(Number(value)) : undefined;
    return epoch ?? parseTime(value) ?? relativeTime(value, nowMillis);
  }
  return typeof value === 'number' ? epochMillis(value) : undefined;
}

function epochMillis(value: number): number | 'seconds' | undefined {
  if (!(value >= 0 && value <= LATEST)) return undefined;
  return value < LEAST_EPOCH_MILLIS ? 'seconds' : Math.floor(value);
}

function relativeTime(text: string, nowMillis: number): number | undefined {
  const shift = RELATIVE.exec(text)?.[1];
  if (shift === undefined) return undefined;
  let millis = 0;
  for (const [, count = '', unit = ''] of shift.matchAll(/(\d+)([smhdw])/g))
    millis += Number(count) * (UNIT_MILLIS[unit] ?? NaN);
  const time = shift.startsWith('-') ? nowMillis - millis : nowMillis + millis;
  return time >= 0 && time <= LATEST ? time : undefined;
}

/** Cached texts. The times of a key are formatted for each of its requests. */
export const MAX_KEPT = 1000;
const written = new Map<number, string>();

/** Formats a time as replies show it: `2024-01-15T10:05:00.000Z`. */
export function isoTime(millis: number): string {
  let text = written.get(millis);
  if (text === undefined) {
    if (written.size === MAX_KEPT) written.clear();
    written.set(millis, (text = new Date(millis).toISOString()));
  }
  return text;
}
