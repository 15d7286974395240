const DATE = String.raw`(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})\.?`;
const TIME = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?`;
const HALF = String.raw`(?:\s?([ap])\.?m\.?)?`;
const ZONE = String.raw`(?:\s?(z|utc|gmt|[+-]\d{2}(?::?\d{2})?))?`;
const WITH_TIME = new RegExp(String.raw`^${DATE}(?:(?:t|,? +)${TIME}${HALF}${ZONE})?$`, 'i');
const BASIC = /^(\d{4})(\d{2})(\d{2})(?:t(\d{2})(\d{2})(?:(\d{2})(?:[.,](\d{1,9}))?)?(z|[+-]\d{2}(?::?\d{2})?)?)$/i;
const CLOCK_ALONE = new RegExp(String.raw`^${TIME}${HALF}$`, 'i');
const MINUTE = 60_000;

/** Which of the three numbers of a date is which. `iso`: the year is first. */
export type DateOrder = 'iso' | 'dmy' | 'mdy';

/** The parts of a written time, as they stand. */
interface TimeParts {
  /** The three numbers of the date, with what is between them. */
  readonly date: readonly [string, string, string];
  readonly mark: string;
  readonly hasTime: boolean;
  /** Of the day, in milliseconds. NaN for a time that does not exist, such as 25:00. */
  readonly ofDay: number;
  /** In milliseconds; undefined where the text names none. */
  readonly offset: number | undefined;
}

/** The parts of a text such as `31.12.2026 23:59`, `12/31/26 11:59:30 PM` or `2026-12-31T23:59:30.5+01:00`. */
export function timeParts(text: string): TimeParts | undefined {
  const basic = BASIC.exec(text);
  if (basic) {
    const [, year = '', month = '', day = '', hour, minute, second, fraction, zone] = basic;
    const ofDay = millisOfDay({ hour, minute, second, fraction });
    return { date: [year, month, day], mark: '', hasTime: true, ofDay, offset: offsetOf(zone) };
  }
  const match = WITH_TIME.exec(text);
  if (!match) return undefined;
  const [, one = '', mark = '', two = '', three = '', hour, minute, second, fraction, half, zone] = match;
  const hasTime = hour !== undefined;
  const ofDay = hasTime ? millisOfDay({ hour, minute, second, fraction, half }) : 0;
  return { date: [one, two, three], mark, hasTime, ofDay, offset: offsetOf(zone) };
}

/** Whether a text is a time of day alone: `23:59`. */
export function isTimeOfDay(text: string): boolean {
  const [, hour, minute, second, fraction, half] = CLOCK_ALONE.exec(text) ?? [];
  return hour !== undefined && !Number.isNaN(millisOfDay({ hour, minute, second, fraction, half }));
}

interface DayTime {
  readonly hour: string | undefined;
  readonly minute: string | undefined;
  readonly second?: string | undefined;
  readonly fraction?: string | undefined;
  /** `a` or `p` of AM and PM. */
  readonly half?: string | undefined;
}

function millisOfDay({ hour = '', minute = '', second = '0', fraction = '', half }: DayTime): number {
  const isTwelve = half !== undefined;
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  // 23:59:60 is a leap second, and the first of the next minute.
  if (m > 59 || s > 60 || (isTwelve ? h < 1 || h > 12 : h > 24 || (h === 24 && m + s > 0))) return NaN;
  const hours = isTwelve ? (h % 12) + (half.toLowerCase() === 'p' ? 12 : 0) : h;
  return ((hours * 60 + m) * 60 + s) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
}

function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined) return undefined;
  const [, sign = '', hours = '', minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  if (sign === '') return 0;
  return (Number(hours) * 60 + Number(minutes)) * MINUTE * (sign === '-' ? -1 : 1);
}

/** The first instant of a date, as if its clock were UTC; undefined for a day that does not exist, such as 31.02.2026. */
export function dayOf([one, two, three]: TimeParts['date'], order: DateOrder): number | undefined {
  const [year, month, day] =
    order === 'iso' ? [one, two, three] : order === 'dmy' ? [three, two, one] : [three, one, two];
  if (year.length !== 4 && (year.length !== 2 || order === 'iso')) return undefined;
  const full = year.length === 4 ? Number(year) : Number(year) + (Number(year) < 70 ? 2000 : 1900);
  const at = Date.UTC(full, Number(month) - 1, Number(day));
  const date = new Date(at);
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day) ? at : undefined;
}
