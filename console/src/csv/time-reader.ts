import { ZoneOffsets } from '../lib/zone-offsets';
import { dayOf, timeParts } from './clock-text';
import { epochMillis, isEpoch, type TimeFormat } from './time-format';

const EXAMPLES: Readonly<Record<TimeFormat, string>> = {
  iso: 'a time with the year first',
  dmy: 'a time with the day first',
  mdy: 'a time with the month first',
  s: 'a number of seconds since 1970',
  ms: 'a number of milliseconds since 1970',
  us: 'a number of microseconds since 1970',
  ns: 'a number of nanoseconds since 1970',
};

export interface TimeOptions {
  readonly format: TimeFormat;
  /** Of times that name no offset. */
  readonly zone: string;
  /** Whether the newest row is first. */
  readonly isDescending?: boolean;
  /** The time of the row before, where reading goes on in the middle of a file. */
  readonly last?: number | undefined;
}

/** Reads the times of a file, row by row in the order of the file. */
export class TimeReader {
  private readonly offsets: ZoneOffsets;

  private last: number | undefined;

  constructor(private readonly options: TimeOptions) {
    this.offsets = new ZoneOffsets(options.zone);
    this.last = options.last;
  }

  /** The time that was read last, to go on from. */
  get lastRead(): number | undefined {
    return this.last;
  }

  /** The time in milliseconds since 1970, or why the text is none. */
  read(text: string): number | string {
    const trimmed = text.trim();
    if (trimmed === '') return 'It has no time';
    const { format } = this.options;
    const at = isEpoch(format)
      ? (epochMillis(trimmed, format) ?? this.notATime(trimmed))
      : this.readClock(trimmed, format);
    if (typeof at === 'number') this.last = at;
    return at;
  }

  private readClock(text: string, order: 'iso' | 'dmy' | 'mdy'): number | string {
    const parts = timeParts(text);
    const day = parts && dayOf(parts.date, order);
    if (!parts || day === undefined || Number.isNaN(parts.ofDay)) return this.notATime(text);
    const clock = day + parts.ofDay;
    if (parts.offset !== undefined) return clock - parts.offset;
    const [first, second] = this.offsets.instantsOf(clock);
    if (first === undefined) return `${text} does not exist in ${this.options.zone}: the clock skips it`;
    return second === undefined ? first : this.oneOfTwo(first, second);
  }

  /** The clock shows a time twice when it is set back. The row before tells which one it is, since rows are in the order of time. */
  private oneOfTwo(first: number, second: number): number {
    const { last = NaN } = this;
    if (this.options.isDescending === true) return second > last && first <= last ? first : second;
    return first < last && second >= last ? second : first;
  }

  private notATime(text: string): string {
    const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
    return `“${shown}” is not ${EXAMPLES[this.options.format]}`;
  }
}
