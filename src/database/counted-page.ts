/** A page of a list that may be too long to be counted. */
export interface CountedPage<Row> {
  readonly rows: readonly Row[];
  /** The length of the whole list or, if it is not exact, the number of rows that were counted. */
  readonly total: number;
  readonly isTotalExact: boolean;
  readonly hasMore: boolean;
}

/** The matching rows of a list in its order, one slice of compared rows at a time. */
export interface CountedScan<Row> {
  /** From the place where the page starts. */
  readonly page: AsyncIterator<readonly Row[], void>;
  /** From the start of the list, if the page starts elsewhere. */
  readonly whole: AsyncIterator<readonly Row[], void> | undefined;
  readonly comparedPerSlice: number;
  /** After the page is full, the total is counted over at most this many rows. */
  readonly maxCompared: number;
}

/** How many rows were counted, and how many compared for that. */
interface Counted {
  readonly total: number;
  readonly compared: number;
}

const NONE: Counted = { total: 0, compared: 0 };

/** Reads rows until the page is full, and counts on for a bounded time. */
export async function findCountedPage<Row>(
  { page, whole, ...bounds }: CountedScan<Row>,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<CountedPage<Row>> {
  const found: Row[] = [];
  let [total, compared, isAtEnd] = [0, 0, false];
  while (found.length <= limit && !isAtEnd) {
    const { value: matching } = await page.next();
    isAtEnd = !matching;
    compared += bounds.comparedPerSlice;
    found.push(...(matching ?? []).slice(Math.max(0, offset - total)));
    total += matching?.length ?? 0;
  }
  const rows = { rows: found.slice(0, limit), hasMore: found.length > limit };
  if (whole) return { ...rows, ...(await countRest(whole, bounds, NONE)) };
  if (isAtEnd) return { ...rows, total, isTotalExact: true };
  return { ...rows, ...(await countRest(page, bounds, { total, compared })) };
}

/** Continues to count until the end of the list, or until enough rows were compared. */
async function countRest(
  scan: AsyncIterator<readonly unknown[], void>,
  { comparedPerSlice, maxCompared }: Pick<CountedScan<unknown>, 'comparedPerSlice' | 'maxCompared'>,
  { total: counted, compared: before }: Counted,
): Promise<Pick<CountedPage<unknown>, 'total' | 'isTotalExact'>> {
  for (let [total, compared] = [counted, before]; ; compared += comparedPerSlice) {
    if (compared >= maxCompared) return { total, isTotalExact: false };
    const { value: matching } = await scan.next();
    if (!matching) return { total, isTotalExact: true };
    total += matching.length;
  }
}
