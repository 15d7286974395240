import { MOST_ROLLUPS } from '../rollup-count';
import { isPackable, LARGE_BLOCK } from '../sent-block';
import type { ParsedLine } from './line-parser';
import { OpenBlock, type LineBlock } from './line-block';
import { LineTable } from './line-table';
import type { Series } from './series';
import type { LineReader } from './written-lines';

const MOST_LINES = 1000;
/** The same for large blocks of numbers, which are stored several times as fast. */
export const MOST_LINES_IN_BLOCKS = 2500;
/** The last line of a slice may exceed them. */
export const SLICE_BYTES = 262_144;

/** Blocks of a slice while other callers store points: each is of another series, or has other fields. */
export const MOST_SHARED_BLOCKS = 50;

/** Lines that are stored together, in blocks. */
export class LineSlice {
  readonly blocks: LineBlock[] = [];
  /** The latest block of each series. */
  private readonly open = new Map<Series, OpenBlock>();
  private readonly table = new LineTable();
  private arePackable = true;
  private bytes = 0;
  private rollups = 0;
  lines = 0;

  /** @param isShared whether other callers store points, so that slices should be short */
  constructor(
    private readonly reader: LineReader,
    private readonly isShared = false,
  ) {}

  /** Adds a line. @returns why it cannot be stored */
  add(line: ParsedLine): string | undefined {
    const at = line.at ?? this.reader.nowMillis;
    const open = this.open.get(line.series);
    // The names and the series of a line that fits have been checked.
    if (!open?.fits(line) || this.reader.problemOfTime(at) !== undefined) return this.addFirst(line, at);
    this.append(open.block, at, line);
    return undefined;
  }

  get isFull(): boolean {
    if (this.bytes >= SLICE_BYTES || this.rollups >= MOST_ROLLUPS) return true;
    if (this.isShared && this.blocks.length >= MOST_SHARED_BLOCKS) return true;
    const areQuick = this.arePackable && this.lines >= LARGE_BLOCK * this.blocks.length;
    return this.lines >= (areQuick ? MOST_LINES_IN_BLOCKS : MOST_LINES);
  }

  /** Begins a block. A later line never goes to an earlier block of its series: it may have the same time. */
  private addFirst(line: ParsedLine, at: number): string | undefined {
    const problem = this.reader.problemOf(line);
    if (problem !== undefined) return problem;
    const open = new OpenBlock(this.reader.seriesOf(line.series), line, this.table);
    this.open.set(line.series, open);
    this.blocks.push(open.block);
    if (!isPackable(open.block)) this.arePackable = false;
    this.append(open.block, at, line);
    return undefined;
  }

  private append(block: LineBlock, at: number, line: ParsedLine): void {
    this.rollups -= block.rollups;
    block.add(at, line);
    this.rollups += block.rollups;
    if (!block.isAscending) this.arePackable = false;
    this.lines += 1;
    this.bytes += line.length;
  }
}
