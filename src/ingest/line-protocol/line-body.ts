import type { SharedTurns } from '../../common/http/shared-turns';
import type { SeriesWriter } from '../../sources/series-registry';
import { LineParser } from './line-parser';
import type { LinePrecision } from './line-times';
import type { IngestCounts } from '../ingest-counts';
import { LINES_REFUSED } from './line.errors';
import type { LineWriter } from './line-writer';
import { LineSlice } from './line-slice';
import { LineReader, shown, type RefusedLine } from './written-lines';

/** Bytes that are parsed at once: a long line is not parsed again for each few bytes that arrive of it. */
const PART_BYTES = 65_536;
/** Time for which lines are parsed without a pause for other requests. */
export const PARSING_MILLIS = 2;
/** The refused lines that a reply names. */
export const MAX_REFUSED_LINES = 100;

const WAY = 'line_protocol';

/** The result of a body. */
export interface LinesWritten {
  readonly accepted: number;
  readonly rejected: number;
  /** The first rejected lines, in the order of the body. */
  readonly refused: readonly RefusedLine[];
}

/** Stores a body of lines while it arrives. It holds a part of the body and the lines of a few slices in memory. */
export class LineBody {
  /** The lines of the next slice. */
  private pending: LineSlice;
  private readonly reader: LineReader;
  private readonly parser: LineParser;
  private readonly refused: RefusedLine[] = [];
  /** Slices that are being stored, oldest first. */
  private readonly storing: Promise<void>[] = [];
  private accepted = 0;
  private rejected = 0;

  constructor(
    private readonly lines: LineWriter,
    private readonly counts: IngestCounts,
    private readonly writer: SeriesWriter,
    private readonly turns: SharedTurns,
    { precision, nowMillis = Date.now() }: { readonly precision: LinePrecision; readonly nowMillis?: number },
  ) {
    this.reader = new LineReader(nowMillis);
    this.pending = new LineSlice(this.reader, lines.isSharedWith(writer));
    const { code } = LINES_REFUSED;
    this.parser = new LineParser(
      {
        line: (line) => {
          const reason = this.pending.add(line);
          if (reason !== undefined) this.refuse({ number: line.number, reason, code, text: shown(line.text()) });
        },
        invalid: (number, reason, text) => {
          const line = shown(text);
          this.refuse({ number, reason: `unable to parse '${line}': ${reason}`, code, text: line });
        },
      },
      precision,
    );
  }

  /**
   * Stores all lines of a body that can be stored, in several commits. When it resolves, they are on disk.
   *
   * @throws what the body throws; the lines before are stored
   */
  async store(body: AsyncIterable<Buffer>): Promise<LinesWritten> {
    try {
      await this.parseAll(body);
      await this.storePending();
    } finally {
      // A reply also means that nothing more of the body is being stored.
      await Promise.allSettled(this.storing);
    }
    await Promise.all(this.storing);
    this.refused.sort((one, other) => one.number - other.number);
    return { accepted: this.accepted, rejected: this.rejected, refused: this.refused };
  }

  private async parseAll(body: AsyncIterable<Buffer>): Promise<void> {
    let parts: Buffer[] = [];
    let length = 0;
    let fresh = 0;
    for await (const chunk of body) {
      parts.push(chunk);
      length += chunk.length;
      fresh += chunk.length;
      if (fresh < PART_BYTES) continue;
      const rest = await this.parse(parts.length === 1 ? chunk : Buffer.concat(parts, length), false);
      parts = rest.length === 0 ? [] : [rest];
      length = rest.length;
      fresh = 0;
    }
    await this.parse(Buffer.concat(parts, length), true);
  }

  /** Parses a part in pieces, in turns with other bodies. @returns the incomplete line at the end */
  private async parse(bytes: Buffer, isLast: boolean): Promise<Buffer> {
    let rest = bytes;
    do {
      rest = await this.turns.run(this.writer.key.lineId, () => this.parsePiece(rest, isLast));
      if (this.pending.isFull) await this.storePending();
    } while (this.parser.hasMore);
    // A copy, so that the part is not kept for a few bytes.
    return Buffer.from(rest);
  }

  private parsePiece(bytes: Buffer, isLast: boolean): Buffer {
    const end = performance.now() + PARSING_MILLIS;
    const goesOn = () => !this.pending.isFull && performance.now() < end;
    return bytes.subarray(this.parser.parse(bytes, isLast, goesOn));
  }

  /** Begins to store the pending lines. Waits while too many slices are being stored. */
  private async storePending(): Promise<void> {
    const slice = this.pending;
    if (slice.lines === 0) return;
    this.pending = new LineSlice(this.reader, this.lines.isSharedWith(this.writer));
    if (this.storing.length >= this.lines.slicesAtOnce) await this.storing.shift();
    let storing = Promise.resolve();
    const isQueued = new Promise<void>((resolve) => {
      storing = this.storeSlice(slice, resolve);
    });
    // It is awaited later. Until then a failure is not unhandled.
    storing.catch(() => undefined);
    this.storing.push(storing);
    // The next slice may have later values of the same points.
    await Promise.race([isQueued, storing]);
  }

  private async storeSlice({ blocks, lines }: LineSlice, queued: () => void): Promise<void> {
    const write = () => this.lines.write(this.writer, blocks, queued);
    const refused = await this.counts.refusedOf(WAY, lines, write);
    this.accepted += lines - refused.length;
    this.counts.addStored(WAY, lines - refused.length);
    for (const line of refused) this.refuse(line);
  }

  private refuse(line: RefusedLine): void {
    this.rejected += 1;
    this.counts.addRejected(WAY, line.code, 1);
    if (this.refused.length < MAX_REFUSED_LINES) this.refused.push(line);
  }
}
