import { hasValue, type Cell } from './cells';
import { fillHoles, type Fill } from './fill';
import type { Column } from './group-columns';
import { VALUE_BYTES } from './group-reader';
import { nearestValues, type Anchor } from './nearest-values';
import { bytesOfValue, GroupStream, type GroupRow } from './group-stream';

/** Values filled in a few milliseconds. */
const VALUES_PER_TURN = 20_000;

/** The nearest value of a column outside of the groups that were read: null for none, undefined if not looked up yet. */
type Known = Anchor | null | undefined;

/** All groups of a source, with gaps filled. Each page has the same values as a single answer for the whole range would have. */
export class FilledGroups extends GroupStream {
  private before: Known[] = [];
  private after: Known[] = [];

  constructor(
    private readonly fill: Fill,
    ...rest: ConstructorParameters<typeof GroupStream>
  ) {
    super(...rest);
  }

  start(): Promise<void> {
    this.head = this.headBehind();
    return Promise.resolve();
  }

  protected override async readChunk(wanted: number): Promise<readonly GroupRow[]> {
    const { reader, sort } = this;
    const spans = await reader.spansFrom(this.cursor, sort, wanted, false);
    const chunk = await reader.read(spans, sort);
    const starts = chunk.starts.slice(0, -1);
    const end = chunk.starts.at(-1) ?? 0;
    const filled: Cell[][] = starts.map(() => []);
    const series = this.columns.map((_, place) => chunk.values.map((group) => group?.[place]));
    const edges = [starts[0] ?? 0, end] as const;
    this.forgetReached(edges);
    await this.look(series, edges);
    let work = 0;
    for (const [place, column] of this.columns.entries()) {
      const values = this.filled(series[place] ?? [], starts, place, column);
      for (const [index, value] of values.entries()) filled[index]?.push(value);
      this.keep(series[place] ?? [], starts, place);
      if ((work += values.length) < VALUES_PER_TURN) continue;
      work = 0;
      await reader.options.yieldTurn();
    }
    this.cursor = sort === 'asc' ? end : (starts[0] ?? 0);
    this.head = this.headBehind();
    const rows = filled.map((values, index): GroupRow => {
      const [start = 0, behind = 0] = chunk.starts.slice(index, index + 2);
      return { start, end: behind, count: chunk.counts[index] ?? 0, values };
    });
    return this.inOrder(rows);
  }

  protected override headBehind(): number | undefined {
    const { timeBuckets, range } = this.reader.options;
    if (this.sort === 'asc') return this.cursor < range[1] ? timeBuckets.spanAt(this.cursor).start : undefined;
    return this.cursor > range[0] ? timeBuckets.spanAt(this.cursor - 1).start : undefined;
  }

  protected override bytesBeside(): number {
    let bytes = 0;
    for (const anchor of [...this.before, ...this.after])
      if (anchor) bytes += 2 * VALUE_BYTES + bytesOfValue(anchor.value);
    return bytes;
  }

  protected override forgetBeside(keptBytes: number): void {
    const isSmall = this.bytesBeside() <= keptBytes;
    const isAsc = this.sort === 'asc';
    const [passed, ahead] = isAsc ? [this.before, this.after] : [this.after, this.before];
    for (const place of this.columns.keys()) {
      const anchor = passed[place];
      // If the last value is behind the cursor, there is no value between it and the one ahead.
      const isPast = anchor === null || (anchor && (isAsc ? anchor.start < this.cursor : anchor.start >= this.cursor));
      if (!isPast || (anchor && !isSmall)) passed[place] = undefined;
      if (!isPast || (ahead[place] && !isSmall)) ahead[place] = undefined;
    }
  }

  /** Looks up values outside of the chunk, for columns whose first or last groups have a gap. */
  private async look(series: readonly (readonly Cell[])[], [start, end]: readonly [number, number]): Promise<void> {
    const lookup = async (known: Known[], edge: number, sort: 'asc' | 'desc', isNeeded: (place: number) => boolean) => {
      const places = this.columns.flatMap((column, place) =>
        known[place] === undefined && isFilled(column, this.fill) && isNeeded(place) ? [place] : [],
      );
      if (places.length === 0) return;
      const columns = places.map((place) => this.columns[place] as Column);
      const anchors = await nearestValues(this.reader, columns, edge, sort);
      if (this.fill === 'previous') await this.lookBack(columns, anchors);
      for (const [index, place] of places.entries()) known[place] = anchors[index] ?? null;
    };
    await lookup(this.before, start, 'desc', (place) => beginsWithHole(series[place] ?? []));
    if (this.fill === 'linear')
      await lookup(
        this.after,
        end,
        'asc',
        (place) =>
          beginsWithHole([...(series[place] ?? [])].reverse()) &&
          (Boolean(this.before[place]) || Boolean(series[place]?.some(hasValue))),
      );
  }

  /** Looks before the range for the columns without a value in it. */
  private async lookBack(columns: readonly Column[], anchors: (Anchor | null)[]): Promise<void> {
    const places = [...anchors.keys()].filter((place) => anchors[place] === null);
    const earlier = this.reader.beforeRange();
    if (!earlier || places.length === 0) return;
    const missing = places.map((place) => columns[place] as Column);
    const found = await nearestValues(earlier, missing, earlier.options.range[1], 'desc');
    for (const [index, place] of places.entries()) anchors[place] = found[index] ?? null;
  }

  private filled(values: readonly Cell[], starts: readonly number[], place: number, column: Column): readonly Cell[] {
    if (!isFilled(column, this.fill)) return values;
    const [before, after] = [this.before[place], this.after[place]];
    const whole = [...(before ? [before.value] : []), ...values, ...(after ? [after.value] : [])];
    const places = [...(before ? [before.start] : []), ...starts, ...(after ? [after.start] : [])];
    fillHoles(whole, places, this.fill);
    return whole.slice(before ? 1 : 0, before ? values.length + 1 : values.length);
  }

  /** Keeps the last value of a column, in the direction of the query. */
  private keep(values: readonly Cell[], starts: readonly number[], place: number): void {
    const index = this.sort === 'asc' ? values.findLastIndex(hasValue) : values.findIndex(hasValue);
    const value = values[index];
    if (!hasValue(value)) return;
    const passed = this.sort === 'asc' ? this.before : this.after;
    passed[place] = { start: starts[index] ?? 0, value };
  }

  /** Drops the values ahead that this chunk has reached. */
  private forgetReached([start, end]: readonly [number, number]): void {
    const ahead = this.sort === 'asc' ? this.after : this.before;
    for (const [place, anchor] of ahead.entries())
      if (anchor && (this.sort === 'asc' ? anchor.start < end : anchor.start >= start)) ahead[place] = undefined;
  }
}

/** Whether a series has a gap before its first value. */
function beginsWithHole(series: readonly Cell[]): boolean {
  const first = series.findIndex((cell) => cell === undefined || hasValue(cell));
  return first >= 0 && series[first] === undefined;
}

/** Whether the gaps of a column are filled from neighbouring values. */
function isFilled({ field, real }: Column, fill: Fill): boolean {
  return real !== 'count' && (fill === 'previous' || (fill === 'linear' && field.type === 'number'));
}
