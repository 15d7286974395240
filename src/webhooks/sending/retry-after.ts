/** The three forms of a date in HTTP (RFC 9110 §5.6.7) begin with the day's name; some send ISO 8601. */
const DATE = /^((Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? |\d{4}-\d{2}-\d{2}T)/i;
const SECONDS = /^\d{1,12}(\.\d{0,12})?$/;

/** The wait of a `Retry-After` header in milliseconds. Accepts seconds, with or without decimals, and dates; null for anything else. */
export function readRetryAfter(text: string | undefined, nowMillis = Date.now()): number | null {
  const trimmed = text?.trim() ?? '';
  if (SECONDS.test(trimmed)) return Math.ceil(Number(trimmed) * 1000);
  if (!DATE.test(trimmed)) return null;
  const at = Date.parse(trimmed);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMillis);
}
