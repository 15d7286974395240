import type { ParsedLine } from './line-parser';
import { OpenBlock, type LineBlock } from './line-block';
import type { Series } from './series';
import type { LineReader } from './written-lines';

/** Lines that are stored together, in blocks. */
export class LineSlice {
  readonly blocks: LineBlock[] = [];
  /** The latest block of each series. */
  private readonly open = new Map<Series, OpenBlock>();
  lines = 0;
  bytes = 0;

  constructor(private readonly reader: LineReader) {}

  /** Adds a line. @returns why it cannot be stored */
  add(line: ParsedLine): string | undefined {
    const at = line.at ?? this.reader.nowMillis;
    const open = this.open.get(line.series);
    // The names and the series of a line that fits have been checked.
    if (!open?.fits(line) || this.reader.problemOfTime(at) !== undefined) return this.addFirst(line, at);
    this.count(line);
    open.add(line, at);
    return undefined;
  }

  /** Begins a block. A later line never goes to an earlier block of its series: it may have the same time. */
  private addFirst(line: ParsedLine, at: number): string | undefined {
    const problem = this.reader.problemOf(line);
    if (problem !== undefined) return problem;
    const open = new OpenBlock(this.reader.seriesOf(line.series), line);
    open.add(line, at);
    this.open.set(line.series, open);
    this.blocks.push(open.block);
    this.count(line);
    return undefined;
  }

  private count({ length }: ParsedLine): void {
    this.lines += 1;
    this.bytes += length;
  }
}
