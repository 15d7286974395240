import { ApiError } from '../common/errors';
import type { YieldTurn } from '../common/http/yield';
import { checkRecords, inOrder, type InvalidRecord } from './import-batch';
import { csvRecords, type CsvReading } from './import-csv';
import { ImportError, type ImportRecord } from './import-file';
import { linesOf } from './import-lines';
import type { RowSources } from './import-table';
import { CSV_REFUSED } from './ingest.errors';
import type { SentPoint } from './point-check';
import { MOST_ROLLUPS, RollupCount } from './rollup-count';
import type { RejectedPoint } from './point-error';

/** The longest row. Much longer ones fit no point. */
export const LONGEST_ROW_BYTES = 131_072;
export const ROWS_PER_COMMIT = 1000;
/** Bytes that are parsed at once: an empty line costs as much as one with a point. */
const PIECE_BYTES = 2048;
/** A commit takes no further row after this many bytes of them. */
const BYTES_PER_COMMIT = 1_048_576;
/** The refused rows that a reply names. */
export const MAX_REFUSED_ROWS = 100;

/** A row that is not stored. */
export interface RefusedRow {
  readonly line: number;
  readonly message: string;
  readonly code?: string;
}

export interface RowCounts {
  readonly inserted: number;
  readonly updated: number;
  readonly duplicates: number;
  readonly rejected: number;
}

/** What a CSV is stored by. */
export interface RowStore {
  readonly sources: RowSources;
  /** The data source of rows that do not name one. */
  readonly sourceId: string | undefined;
  /** Stores the valid points, and returns the others. Once it resolves, they are on disk. */
  add(
    points: readonly SentPoint[],
  ): Promise<Omit<RowCounts, 'rejected'> & { readonly problems: readonly RejectedPoint[] }>;
}

/** Stores a CSV while it arrives. It holds a part of the body, and the rows of two commits, in memory. */
export class CsvBody {
  private readonly refusedRows: RefusedRow[] = [];
  private stored = { inserted: 0, updated: 0, duplicates: 0 };
  private rejected = 0;
  private pending: ImportRecord[] = [];
  private bytes = 0;
  private bytesAtCommit = 0;
  private storing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: RowStore,
    private readonly reading: CsvReading,
    private readonly yieldTurn: YieldTurn,
  ) {}

  /** The rows that are on disk, and those that are refused so far. */
  get counts(): RowCounts {
    return { ...this.stored, rejected: this.rejected };
  }

  /** The first refused rows. */
  get refused(): readonly RefusedRow[] {
    return this.refusedRows;
  }

  /**
   * Stores all rows that can be stored, in commits of up to 1,000. When it resolves, they are on disk.
   *
   * @throws what the body and the store throw; the rows before are stored, and counted
   */
  async read(body: AsyncIterable<Buffer>): Promise<void> {
    const { encoding = 'utf8' } = this.reading;
    const lines = linesOf(this.counted(body), { longestBytes: LONGEST_ROW_BYTES, encoding });
    const reading = { ...this.reading, isRequest: true, longestBytes: LONGEST_ROW_BYTES };
    try {
      for await (const records of csvRecords(lines, this.store.sources, reading, () => {})) {
        this.pending = this.pending.concat(records);
        const isEnough = this.bytes - this.bytesAtCommit >= BYTES_PER_COMMIT;
        await this.commit(isEnough ? 1 : ROWS_PER_COMMIT);
      }
      await this.commit(1);
    } catch (cause) {
      throw cause instanceof ImportError ? new ApiError(CSV_REFUSED, { words: { problem: cause.message } }) : cause;
    } finally {
      // A reply also means that nothing more of the body is being stored.
      await this.storing.catch(() => undefined);
    }
    await this.storing;
  }

  /** Other requests are served between two pieces. */
  private async *counted(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of body)
      for (let from = 0; from < chunk.length; from += PIECE_BYTES) {
        const piece = chunk.subarray(from, from + PIECE_BYTES);
        this.bytes += piece.length;
        yield piece;
        await this.yieldTurn();
      }
  }

  /** Stores pending rows while there are at least this many. One commit is under way while the next one is read. */
  private async commit(least: number): Promise<void> {
    let from = 0;
    for (; this.pending.length - from >= least; from += ROWS_PER_COMMIT) {
      await this.storing;
      this.storing = this.storeRows(this.pending.slice(from, from + ROWS_PER_COMMIT));
      // It is awaited later. Until then a failure is not unhandled.
      this.storing.catch(() => undefined);
      this.bytesAtCommit = this.bytes;
    }
    this.pending = this.pending.slice(from);
  }

  private async storeRows(records: readonly ImportRecord[]): Promise<void> {
    const { sourceId } = this.store;
    // The store checks the values of each point.
    const { points, invalid } = checkRecords(records, { sourceId, schema: [], skipsBad: true });
    const rejected: InvalidRecord[] = [];
    for (const some of inParts(points)) {
      const { inserted, updated, duplicates, problems } = await this.store.add(some);
      this.stored = {
        inserted: this.stored.inserted + inserted,
        updated: this.stored.updated + updated,
        duplicates: this.stored.duplicates + duplicates,
      };
      for (const { index, error } of problems) rejected.push({ index, message: error.message, code: error.code });
    }
    for (const { index, ...problem } of inOrder([...invalid, ...rejected]))
      this.refuse(records[index]?.line ?? 0, problem);
  }

  private refuse(
    line: number,
    { message, code }: { readonly message: string; readonly code?: string | undefined },
  ): void {
    this.rejected += 1;
    if (this.refusedRows.length < MAX_REFUSED_ROWS)
      this.refusedRows.push({ line, message, ...(code !== undefined && { code }) });
  }
}

/** Divides points so that each part changes few rollups. At least one part, which may be empty. */
function inParts(points: readonly SentPoint[]): SentPoint[][] {
  const counts = new Map<string, RollupCount>();
  let part: SentPoint[] = [];
  const parts = [part];
  let rollups = 0;
  for (const point of points) {
    if (rollups >= MOST_ROLLUPS) {
      parts.push((part = []));
      counts.clear();
      rollups = 0;
    }
    const count = counts.get(point.dataSourceId) ?? new RollupCount();
    counts.set(point.dataSourceId, count);
    rollups += count.add(point.at, () => Object.keys(point.values).length);
    part.push(point);
  }
  return parts;
}
