/** Values that are serialized together, which is faster than one by one. */
const VALUES_PER_PIECE = 16;
/** What a comma and the shortest value take. */
const LEAST_PER_VALUE = 2;

/** The bytes of an answer that is made in memory. */
export interface Size {
  bytes: number;
}

/** The JSON of one column: a list of values, null where a row has none. It is kept as text, which takes least memory. */
export class Series {
  private readonly pieces: string[] = [];
  private open: unknown[] = [];
  private openBytes = 0;
  private length = 0;

  /** @param size counts the bytes of all series of an answer: estimated while values are open, then exact */
  constructor(private readonly size: Size) {}

  /** Sets the value of a row. Rows come in order; those that were skipped have null. */
  set(row: number, value: unknown): void {
    this.fillTo(row);
    this.open.push(value);
    this.length = row + 1;
    this.count(typeof value === 'string' ? value.length + LEAST_PER_VALUE : LEAST_PER_VALUE);
    if (this.open.length === VALUES_PER_PIECE) this.close();
  }

  /** Ends the list. Rows without a value have null. */
  finish(rows: number): void {
    this.fillTo(rows);
    this.close();
  }

  /** The items of the finished list, without brackets, in pieces. */
  *json(): Generator<string> {
    let separator = '';
    for (const piece of this.pieces) {
      yield separator + piece.slice(1, -1);
      separator = ',';
    }
  }

  private fillTo(row: number): void {
    const missing = row - this.length;
    if (missing <= 0) return;
    this.close();
    this.keep(`[null${',null'.repeat(missing - 1)}]`);
    this.length = row;
  }

  private close(): void {
    if (this.open.length === 0) return;
    this.size.bytes -= this.openBytes;
    this.openBytes = 0;
    this.keep(JSON.stringify(this.open));
    this.open = [];
  }

  private keep(piece: string): void {
    this.pieces.push(piece);
    this.size.bytes += Buffer.byteLength(piece);
  }

  private count(bytes: number): void {
    this.openBytes += bytes;
    this.size.bytes += bytes;
  }
}
