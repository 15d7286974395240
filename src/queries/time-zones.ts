const DAY_MILLIS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether there is a time zone of this name (IANA). */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
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
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}
