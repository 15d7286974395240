const DAY = 86_400_000;

/** When a local clock shows a time: the first instant of two, and after the jump where the clock skips it. */
export function instantOf(clock: number, zone: string): number {
  const before = clock - offsetAt(clock - DAY, zone);
  const after = clock - offsetAt(clock + DAY, zone);
  const isTrue = (at: number) => at + offsetAt(at, zone) === clock;
  return !isTrue(before) && isTrue(after) ? after : before;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  formats.set(zone, known);
  return known;
}

/** By how much the local clock is ahead of UTC, in milliseconds. */
export function offsetAt(at: number, zone: string): number {
  const whole = Math.floor(at / 1000) * 1000;
  const parts = new Map(
    formatOf(zone)
      .formatToParts(whole)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const of = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')) - whole;
}
