export interface DayCount {
  /** A calendar day: `2026-11-28`. */
  readonly day: string;
  readonly count: number;
}

export interface DayBar extends DayCount {
  readonly height: number;
  readonly isToday: boolean;
}

/** What has any count is seen, however few it is beside others. */
const LEAST_HEIGHT = 1.5;

/** Bars up to a height, the day with the most, and the mean of the complete days. */
export function barsOf(
  days: readonly DayCount[],
  height: number,
): { readonly bars: DayBar[]; readonly most: DayCount; readonly mean: number } {
  const most = days.reduce((one, other) => (other.count > one.count ? other : one), days[0] ?? { day: '', count: 0 });
  const complete = days.slice(0, -1);
  const total = complete.reduce((sum, { count }) => sum + count, 0);
  const bars = days.map(({ day, count }, index) => ({
    day,
    count,
    height: count === 0 ? 0 : Math.max(LEAST_HEIGHT, (count / most.count) * height),
    isToday: index === days.length - 1,
  }));
  return { bars, most, mean: complete.length === 0 ? 0 : Math.round(total / complete.length) };
}

const name = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

const longName = new Intl.DateTimeFormat('en-GB', {
  ...{ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
  timeZone: 'UTC',
});

/** A calendar day in full: `Sat, 28 Nov 2026`. */
export function longDayName(day: string): string {
  return longName.format(Date.parse(`${day}T00:00:00Z`));
}

/** A calendar day in few letters: `28 Nov`. */
export function dayName(day: string): string {
  return name.format(Date.parse(`${day}T00:00:00Z`));
}
