/** A commit takes at most so many points before the request that it takes last. */
export const MOST_POINTS = 2000;
/** How long the points of a commit may hold the event loop, in milliseconds. */
const LONGEST_MILLIS = 25;
/** In a smaller commit, what each request costs says little about its points. */
const FEWEST_MEASURED = 200;
/** How much the latest commit weighs in the mean. */
const WEIGHT = 0.5;

/**
 * How many points one commit takes. Points with new metadata take ten times as long to store as others: the number follows the
 * time that points took lately, so that a commit of either kind holds other requests for about 25 milliseconds.
 */
export class CommitSize {
  private millisPerPoint = 0;

  /** With so many points or more a commit takes no further request. */
  get enough(): number {
    return Math.max(1, Math.min(MOST_POINTS, Math.floor(LONGEST_MILLIS / this.millisPerPoint)));
  }

  /** Notes how long the event loop was held for the points of one commit. */
  note(points: number, millis: number): void {
    if (points < FEWEST_MEASURED) return;
    this.millisPerPoint += WEIGHT * (millis / points - this.millisPerPoint);
  }
}
