import { LruMap } from '../common/lru-map';

/** Requests of a line get commits of their own while they block the event loop for longer than this, in milliseconds. */
export const MAX_SHARED_MILLIS = 25;
/** Lines whose cost is remembered. */
export const MAX_REMEMBERED_LINES = 1000;

/**
 * Remembers the lines of keys whose requests take long to store, whatever their number of points: one point may make a thousand
 * alert rules fire. A long commit marks all lines that shared it; a short one removes the mark of its lines.
 */
export class RequestCosts {
  private readonly high = new LruMap<string, true>(MAX_REMEMBERED_LINES);

  /** Whether the requests of this line should not share a commit. */
  areHigh(line: string): boolean {
    return this.high.get(line) === true;
  }

  /** Records how long a commit with requests of these lines blocked the event loop. */
  note(lines: readonly string[], millis: number): void {
    for (const line of lines)
      if (millis > MAX_SHARED_MILLIS) this.high.set(line, true);
      else this.high.delete(line);
  }
}
