import { FairLruMap } from '../../common/fair-lru-map';

/** Data sources whose last time is remembered. */
export const MAX_REMEMBERED_TIMES = 50_000;
/** How far the times of a data source may run ahead of the clock. Beyond it, messages of one millisecond are merged. */
const MOST_AHEAD_MILLIS = 60_000;

/** The times of messages that carry none: two messages of a topic within one millisecond get different ones, and both are stored. */
export class ArrivalTimes {
  private readonly last = new FairLruMap<number>(MAX_REMEMBERED_TIMES);

  /** @param line the rotation line that sends the message */
  next(line: string, source: string, nowMillis: number): number {
    const last = this.last.get(source) ?? 0;
    const isAhead = last >= nowMillis && last < nowMillis + MOST_AHEAD_MILLIS;
    const at = isAhead ? last + 1 : nowMillis;
    this.last.set(line, source, at);
    return at;
  }
}
