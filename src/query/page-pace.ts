const SHORT_MILLIS = 1;
const LONG_MILLIS = 2;
const LEAST = 8;

/** How many rows to read at once: as many as are read and used in a millisecond or two. */
export class PagePace {
  /**
   * @param rows of the first page
   * @param most that a page ever has
   */
  constructor(
    private rows: number,
    private readonly most: number,
  ) {
    this.rows = Math.max(1, Math.min(rows, most));
  }

  get now(): number {
    return this.rows;
  }

  /** Takes note of how long the latest page took. */
  took(millis: number): void {
    if (millis > LONG_MILLIS) this.rows = Math.min(this.rows, Math.max(LEAST, Math.floor(this.rows / 2)));
    else if (millis < SHORT_MILLIS) this.rows = Math.min(this.most, this.rows * 2);
  }
}
