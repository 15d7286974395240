/** Which rows of a long table are in the page, and how high the room above and below them is. */
export interface RowWindow {
  readonly first: number;
  /** The row behind the last one. */
  readonly end: number;
  readonly above: number;
  readonly below: number;
}

const ROWS_AROUND = 10;

/** The rows that are visible at a scroll position, and some around them, so that scrolling finds them drawn. */
export function windowOf(
  count: number,
  { scrollTop, height, rowHeight }: { scrollTop: number; height: number; rowHeight: number },
): RowWindow {
  const visible = Math.ceil(height / rowHeight);
  const top = Math.max(0, Math.min(Math.floor(scrollTop / rowHeight), count - visible));
  const first = Math.max(0, top - ROWS_AROUND);
  const end = Math.min(count, top + visible + ROWS_AROUND);
  return { first, end, above: first * rowHeight, below: (count - end) * rowHeight };
}
