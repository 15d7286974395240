import { nearestTime } from '../points/point-times';
import type { Cell } from './cells';
import type { Column } from './group-columns';
import { VALUE_BYTES, type GroupReader } from './group-reader';

/** One group of a source: its time span, the number of its points, and its values in the order of the columns. */
export interface GroupRow {
  readonly start: number;
  readonly end: number;
  readonly count: number;
  readonly values: readonly Cell[] | undefined;
}

/** The rows of one source in the order of the query, read on demand. */
export abstract class GroupStream {
  /** The start of the next row. Until the row is read, its earliest possible start (the latest with `desc`). */
  head: number | undefined;
  private rows: readonly GroupRow[] = [];
  private next = 0;
  private loads = 0;

  /**
   * @param cursor the time at which it starts, or with `desc` the time before which it starts
   * @param wanted the number of groups of the first read
   */
  constructor(
    readonly reader: GroupReader,
    protected cursor: number,
    protected readonly sort: 'asc' | 'desc',
    private readonly wanted: number,
  ) {}

  get columns(): readonly Column[] {
    return this.reader.options.columns;
  }

  get isRead(): boolean {
    return this.next < this.rows.length;
  }

  /** The memory of the rows that were read and not taken yet. */
  bufferedBytes = 0;

  /** The number of groups of the next read, which doubles with each read. */
  get wantedNext(): number {
    return this.wanted * 2 ** Math.min(20, this.loads);
  }

  /** Finds the first head. */
  abstract start(): Promise<void>;

  /** Reads more rows if none are left. Afterwards the head is exact. */
  async read(): Promise<void> {
    this.rows = [];
    this.next = 0;
    while (this.head !== undefined && !this.isRead) {
      this.rows = await this.readChunk(this.wantedNext);
      this.loads += 1;
      if (!this.isRead) await this.reader.options.yieldTurn();
    }
    this.bufferedBytes = this.rows.reduce((bytes, row) => bytes + bytesOf(row), this.bytesBeside());
    if (this.isRead) this.head = this.rows[0]?.start;
  }

  /** The next row, which has been read. */
  take(): GroupRow {
    const row = this.rows[this.next++] as GroupRow;
    this.bufferedBytes -= bytesOf(row);
    if (this.isRead) this.head = this.rows[this.next]?.start;
    else {
      this.rows = [];
      this.head = this.headBehind();
    }
    return row;
  }

  /** Frees the rows that were read, and the other state if it is larger than `keptBytes`. They are read again when needed. */
  drop(keptBytes: number): void {
    const row = this.rows[this.next];
    this.rows = [];
    if (row) this.goBackTo(row);
    this.forgetBeside(keptBytes);
    this.bufferedBytes = this.bytesBeside();
  }

  /** Reads the rows of one chunk and moves the cursor past it. Empty if none of its groups is returned. Clears the head at the end. */
  protected abstract readChunk(wanted: number): Promise<readonly GroupRow[]>;

  /** The head after the last row that was read. */
  protected abstract headBehind(): number | undefined;

  /** The memory used besides rows. */
  protected bytesBeside(): number {
    return 0;
  }

  /** Drops state that is not valid at the cursor, and the rest if it is larger than `keptBytes`. */
  protected abstract forgetBeside(keptBytes: number): void;

  protected goBackTo({ start, end }: GroupRow): void {
    this.cursor = this.sort === 'asc' ? start : end;
  }

  protected inOrder<T>(list: T[]): T[] {
    return this.sort === 'asc' ? list : list.reverse();
  }
}

/** The groups of a source that have points. It skips gaps of any length by an index lookup. */
export class OccupiedGroups extends GroupStream {
  /** The time of the next point, as of the last lookup. */
  private at: number | undefined;

  async start(): Promise<void> {
    await this.look();
  }

  protected override async readChunk(wanted: number): Promise<readonly GroupRow[]> {
    if (this.at === undefined) await this.look();
    if (this.at === undefined) return [];
    const { reader, sort } = this;
    const spans = await reader.spansFrom(sort === 'asc' ? this.at : this.at + 1, sort, wanted, true);
    const chunk = await reader.read(spans, sort, { wanted });
    const rows = chunk.values.flatMap((values, index): GroupRow[] => {
      const [start = 0, end = 0] = chunk.starts.slice(index, index + 2);
      const count = chunk.counts[index] ?? 0;
      return count > 0 ? [{ start, end, count, values }] : [];
    });
    this.cursor =
      sort === 'asc' ? Math.max(chunk.starts.at(-1) ?? 0, this.at + 1) : Math.min(chunk.starts[0] ?? 0, this.at);
    await this.look();
    return this.inOrder(rows);
  }

  protected override headBehind(): number | undefined {
    return this.at === undefined ? undefined : this.reader.options.timeBuckets.spanAt(this.at).start;
  }

  protected override goBackTo(row: GroupRow): void {
    super.goBackTo(row);
    this.at = undefined;
  }

  protected override forgetBeside(): void {
    // There is no state besides rows.
  }

  private async look(): Promise<void> {
    const { manager, source, options } = this.reader;
    const [from, to] = options.range;
    const ahead =
      this.sort === 'asc' ? ([Math.max(from, this.cursor), to] as const) : ([from, Math.min(to, this.cursor)] as const);
    this.at = await nearestTime(manager, source.number, ahead, this.sort);
    this.head = this.headBehind();
  }
}

function bytesOf({ values }: GroupRow): number {
  let bytes = VALUE_BYTES;
  for (const value of values ?? []) bytes += bytesOfValue(value);
  return bytes;
}

export function bytesOfValue(value: Cell): number {
  return typeof value === 'string' ? VALUE_BYTES + 2 * value.length : VALUE_BYTES;
}
