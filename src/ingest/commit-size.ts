/** A commit takes no further request once it has this many points. */
export const MAX_POINTS = 5000;
/** How long storing the points of a commit may block the event loop, in milliseconds. */
const LONGEST_MILLIS = 25;
/** The same while requests of several callers wait, for each of whom it adds to the wait. */
const LONGEST_SHARED_MILLIS = 12;
/** The same for a commit in a worker thread: fewer commits write the same pages less often. */
export const MAX_POINTS_OF_THREAD = 10_000;
const LONGEST_MILLIS_OF_THREAD = 35;
const LONGEST_SHARED_MILLIS_OF_THREAD = 20;
/** In smaller commits the fixed cost of each request dominates, so they are not measured. */
const FEWEST_MEASURED = 200;
/** The time per point that is assumed at first: nothing is compiled yet when the server has just started. */
const FIRST_MILLIS_PER_POINT = 0.01;
/** The weight of the latest commit in the moving average. */
const WEIGHT = 0.5;

/**
 * The number of points of one commit. It adapts to the recent time per point: a commit blocks other requests for about 25
 * milliseconds, or 12 while several callers store points. Points with new metadata count as several.
 */
export class CommitSize {
  private millisPerPoint: number;

  /** @param isMeasured whether commits are noted. Otherwise they have the maximum */
  constructor(isMeasured = true) {
    this.millisPerPoint = isMeasured ? FIRST_MILLIS_PER_POINT : 0;
  }

  /**
   * A commit with at least this many points takes no further request.
   *
   * @param isThreaded whether it runs in a worker thread: it delays other writes, but does not block the event loop
   * @param isShared whether requests of several callers wait, or may soon
   */
  enough({ isThreaded = false, isShared = false } = {}): number {
    if (isThreaded)
      return this.within(isShared ? LONGEST_SHARED_MILLIS_OF_THREAD : LONGEST_MILLIS_OF_THREAD, MAX_POINTS_OF_THREAD);
    return this.within(isShared ? LONGEST_SHARED_MILLIS : LONGEST_MILLIS, MAX_POINTS);
  }

  /** Records how long the points of one commit blocked the event loop. */
  note(points: number, millis: number): void {
    if (points < FEWEST_MEASURED) return;
    this.millisPerPoint += WEIGHT * (millis / points - this.millisPerPoint);
  }

  private within(millis: number, points: number): number {
    return Math.max(1, Math.min(points, Math.floor(millis / this.millisPerPoint)));
  }
}
