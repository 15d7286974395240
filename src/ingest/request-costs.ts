import { LruMap } from '../common/lru-map';

/** Requests of a line get commits of their own while they block the event loop for longer than this, in milliseconds. */
export const MAX_SHARED_MILLIS = 12;
/** Lines whose cost is remembered. */
export const MAX_REMEMBERED_LINES = 1000;

/**
 * Remembers the lines of keys whose requests take long to store, whatever their number of points: one point may make a thousand
 * alert rules fire. The time of a commit is divided by the weight of the requests: a line with a long share is marked, and a short share
 * removes its mark. So a line that sends little is not marked because it shared a commit with one that sends much.
 */
export class RequestCosts {
  private readonly high = new LruMap<string, true>(MAX_REMEMBERED_LINES);

  /** Whether the requests of this line should not share a commit. */
  areHigh(line: string): boolean {
    return this.high.get(line) === true;
  }

  /**
   * Records how long a commit blocked the event loop.
   *
   * @param weights the total weight of the requests of each line
   */
  note(weights: ReadonlyMap<string, number>, millis: number): void {
    const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    for (const [line, weight] of weights)
      if ((millis * weight) / total > MAX_SHARED_MILLIS) this.high.set(line, true);
      else this.high.delete(line);
  }
}
