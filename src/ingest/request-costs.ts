import { LruMap } from '../common/lru-map';

/** Requests of a line get commits of their own while they block the event loop for longer than this, in milliseconds. */
export const MAX_SHARED_MILLIS = 12;
/** A single commit of so many milliseconds shows it. A shorter one may have been delayed by other work, and must come twice. */
export const SURELY_LONG_MILLIS = 2 * MAX_SHARED_MILLIS;
/** Requests of this weight show it with a single commit. */
const LEAST_WEIGHT = 100;
/** Lines whose cost is remembered. */
export const MAX_REMEMBERED_LINES = 1000;

/**
 * Remembers the lines of keys whose requests take long to store, whatever their number of points: one point may make a thousand
 * alert rules fire. The time of a commit is divided by the weight of the requests: a line with a long share is marked, and a short share
 * removes its mark. So a line that sends little is not marked because it shared a commit with one that sends much.
 */
export class RequestCosts {
  /** By line: whether its cost is high, or false after one commit that was hardly too long. */
  private readonly long = new LruMap<string, boolean>(MAX_REMEMBERED_LINES);

  /** Whether the requests of this line should not share a commit. */
  areHigh(line: string): boolean {
    return this.long.get(line) === true;
  }

  /** Records that requests of these lines take long. */
  markHigh(lines: Iterable<string>): void {
    for (const line of lines) this.long.set(line, true);
  }

  /**
   * Records how long a commit blocked the event loop.
   *
   * @param weights the total weight of the requests of each line
   */
  note(weights: ReadonlyMap<string, number>, millis: number): void {
    const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    for (const [line, weight] of weights) {
      const share = (millis * weight) / total;
      if (share > MAX_SHARED_MILLIS)
        this.long.set(line, weight >= LEAST_WEIGHT || share > SURELY_LONG_MILLIS || this.long.get(line) !== undefined);
      else this.long.delete(line);
    }
  }
}
