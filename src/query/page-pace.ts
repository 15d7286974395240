const SHORT_MILLIS = 1;
const LONG_MILLIS = 2;
const LEAST = 8;

/** Adapts the page size so that a page is read and processed in one to two milliseconds. */
export class PagePace {
  /**
   * @param rows the size of the first page
   * @param most the largest size
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

  /** Adjusts the size to the duration of the last page. */
  took(millis: number): void {
    if (millis > LONG_MILLIS) this.rows = Math.min(this.rows, Math.max(LEAST, Math.floor(this.rows / 2)));
    else if (millis < SHORT_MILLIS) this.rows = Math.min(this.most, this.rows * 2);
  }
}
