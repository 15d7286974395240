import { nearestTime } from '../points/point-times';
import type { Cell } from './cells';
import type { Column } from './group-columns';
import { VALUE_BYTES, type GroupReader } from './group-reader';

/** A group as a row has it: when it begins, how many points it has, and its values in the order of the columns. */
export interface GroupRow {
  readonly start: number;
  readonly end: number;
  readonly count: number;
  readonly values: readonly Cell[] | undefined;
}

/** The rows of one source in the order in which they are walked, read as they are asked for. */
export abstract class GroupStream {
  /** Where the next row begins, or, before it is read, where it begins at the earliest (the latest with `desc`). */
  head: number | undefined;
  private rows: readonly GroupRow[] = [];
  private next = 0;
  private loads = 0;

  /**
   * @param reader of the groups
   * @param cursor the time from which on it walks, or up to which with `desc`
   * @param wanted how many groups it reads at first
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

  /** What the rows that have been read and not yet been taken take in memory. */
  heldBytes = 0;

  /** How many groups are read next: each time twice as many. */
  get wantedNext(): number {
    return this.wanted * 2 ** Math.min(20, this.loads);
  }

  /** Finds the first head. */
  abstract start(): Promise<void>;

  /** Reads more rows, where none are left. The head is then exact. */
  async read(): Promise<void> {
    this.rows = [];
    this.next = 0;
    while (this.head !== undefined && !this.isRead) {
      this.rows = await this.readChunk(this.wantedNext);
      this.loads += 1;
      if (!this.isRead) await this.reader.options.yieldTurn();
    }
    this.heldBytes = this.rows.reduce((bytes, row) => bytes + bytesOf(row), this.bytesBeside());
    if (this.isRead) this.head = this.rows[0]?.start;
  }

  /** The next row, which has been read. */
  take(): GroupRow {
    const row = this.rows[this.next++] as GroupRow;
    this.heldBytes -= bytesOf(row);
    if (this.isRead) this.head = this.rows[this.next]?.start;
    else {
      this.rows = [];
      this.head = this.headBehind();
    }
    return row;
  }

  /** Gives back the memory of what has been read, but for so many bytes beside rows. It is read again when its turn comes. */
  drop(keptBytes: number): void {
    const row = this.rows[this.next];
    this.rows = [];
    if (row) this.goBackTo(row);
    this.forgetBeside(keptBytes);
    this.heldBytes = this.bytesBeside();
  }

  /** Reads the rows of one chunk and moves the cursor behind it. None where none of its groups is shown; no head at the end. */
  protected abstract readChunk(wanted: number): Promise<readonly GroupRow[]>;

  /** The head behind the last row that was read. */
  protected abstract headBehind(): number | undefined;

  /** What is in memory besides rows. */
  protected bytesBeside(): number {
    return 0;
  }

  /** Forgets what does not hold at the cursor, and the rest where it takes more than so many bytes. */
  protected abstract forgetBeside(keptBytes: number): void;

  protected goBackTo({ start, end }: GroupRow): void {
    this.cursor = this.sort === 'asc' ? start : end;
  }

  protected inOrder<T>(list: T[]): T[] {
    return this.sort === 'asc' ? list : list.reverse();
  }
}

/** The groups of a source that have points: it goes from one to the next, however far apart they are. */
export class OccupiedGroups extends GroupStream {
  /** The time of the next point, as the last look has shown it. */
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
    // It has nothing but rows.
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
