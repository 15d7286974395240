const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const FORMATS = {
  seconds: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  minutes: { hour: '2-digit', minute: '2-digit' },
  date: { day: 'numeric', month: 'short' },
  month: { month: 'short' },
  year: { year: 'numeric' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

type FormatName = keyof typeof FORMATS;

/** What ticks at this distance are called, and what stands below where it changes. */
function namesOf(stepMillis: number): [upper: FormatName, lower: FormatName | undefined] {
  if (stepMillis < MINUTE) return ['seconds', 'date'];
  if (stepMillis < DAY) return ['minutes', 'date'];
  if (stepMillis < 28 * DAY) return ['date', 'year'];
  if (stepMillis < 365 * DAY) return ['month', 'year'];
  return ['year', undefined];
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(name: FormatName, zone: string | undefined): Intl.DateTimeFormat {
  const id = `${name} ${zone ?? ''}`;
  const known = formatters.get(id) ?? new Intl.DateTimeFormat('en-GB', { ...FORMATS[name], timeZone: zone });
  formatters.set(id, known);
  return known;
}

/** The texts of the ticks of a time axis, in 24 hours: the time, and below it the date where it is another than that of the tick before. */
export function timeTicks(at: readonly number[], stepMillis: number, zone?: string): string[] {
  const [upperName, lowerName] = namesOf(stepMillis);
  const upper = formatterOf(upperName, zone);
  if (!lowerName) return at.map((time) => upper.format(time));
  const lower = formatterOf(lowerName, zone);
  let before = '';
  return at.map((time) => {
    const below = lower.format(time);
    const text = below === before ? upper.format(time) : `${upper.format(time)}\n${below}`;
    before = below;
    return text;
  });
}
