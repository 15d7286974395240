import { offsetAt } from './zone-clock';

const DAY = 86_400_000;
/** A year of days and some, so that a file of many years uses little memory. */
const MAX_DAYS = 500;

/** The instants at which the clock of a time zone shows a time. Offsets are remembered by day, since a file has many times. */
export class ZoneOffsets {
  /** By the day in UTC: its offset, or undefined for a day on which it changes. */
  private readonly days = new Map<number, number | undefined>();

  constructor(private readonly zone: string) {}

  /** By how much the local clock is ahead of UTC at an instant, in milliseconds. */
  at(instant: number): number {
    const day = Math.floor(instant / DAY);
    if (!this.days.has(day)) {
      if (this.days.size === MAX_DAYS) this.days.clear();
      const [start, end] = [offsetAt(day * DAY, this.zone), offsetAt((day + 1) * DAY, this.zone)];
      this.days.set(day, start === end ? start : undefined);
    }
    return this.days.get(day) ?? offsetAt(instant, this.zone);
  }

  /**
   * @param clock the local time, in milliseconds as if it were UTC
   * @returns one instant; two, ascending, where the clock is set back; none where it skips the time
   */
  instantsOf(clock: number): readonly number[] {
    const [before, after] = [this.at(clock - DAY), this.at(clock + DAY)];
    // The larger offset gives the earlier instant.
    const found = [...new Set([Math.max(before, after), Math.min(before, after)])].map((offset) => clock - offset);
    return found.filter((instant) => instant + this.at(instant) === clock);
  }
}
