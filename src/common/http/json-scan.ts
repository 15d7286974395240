/** Deepest nesting of lists and objects. */
export const MAX_LEVELS = 32;
/** Values of a body in total. 1000 points of 100 fields with metadata are about half of it. */
export const MAX_VALUES = 250_000;
/** Values that are parsed at once: those outside of long lists, or those of one item of a long list. */
export const MAX_VALUES_OF_ITEM = 10_000;
/** A long list is cut into pieces of about this size, each of which is parsed in a few milliseconds. */
const VALUES_PER_PIECE = 4096;
const BYTES_PER_PIECE = 262_144;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const LIST = 0x5b;
const LIST_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;

/** A run of items of one list, as a range of bytes. */
export interface Piece {
  readonly from: number;
  readonly to: number;
}

/** Why JSON is not parsed. `broken`: its brackets do not match. */
export type ScanRefusal = 'deep' | 'many' | 'broken';

/**
 * Scans JSON once for what makes it more expensive to parse than its size suggests: nesting, and the
 * number of values (items of lists and properties of objects; an empty list or object counts as one more). Long lists
 * of the outermost object are cut into pieces, for the caller to parse one by one.
 *
 * @returns the pieces in order, or why the JSON is refused
 */
export function scanJson(bytes: Uint8Array): readonly Piece[] | ScanRefusal {
  const { length } = bytes;
  const kinds = new Uint8Array(MAX_LEVELS + 1);
  const cutter = new PieceCutter();
  let depth = 0;
  /** Values not yet passed to the cutter. Most commas and brackets need no call. */
  let values = 0;
  for (let at = 0; at < length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      for (at++; at < length; at++) {
        const inner = bytes[at];
        if (inner === QUOTE) break;
        if (inner === BACKSLASH) at++;
      }
    } else if (byte === COMMA) {
      values++;
      if (depth === 2 || values > VALUES_PER_PIECE) values = cutter.comma(at, depth, values);
    } else if (byte === LIST || byte === OBJECT) {
      if (depth === MAX_LEVELS) return 'deep';
      kinds[++depth] = byte;
      values++;
      if (depth === 2 && byte === LIST && kinds[1] === OBJECT) values = cutter.openList(at, values);
    } else if (byte === LIST_END || byte === OBJECT_END) {
      // The codes of the two brackets of a kind are two apart.
      if (depth === 0 || kinds[depth] !== byte - 2) return 'broken';
      if (depth-- === 2) values = cutter.close(at, values);
    }
    if (values === TOO_MANY) return 'many';
  }
  if (cutter.close(length, values) === TOO_MANY) return 'many';
  return depth === 0 ? cutter.pieces : 'broken';
}

/** Returned by the cutter instead of the number of values that it has not counted yet. */
const TOO_MANY = -1;

/** Counts the values of a body and splits its long lists into pieces. */
class PieceCutter {
  readonly pieces: Piece[] = [];
  private inList = false;
  private listWasCut = false;
  private pieceFrom = 0;
  private inPieces = 0;
  private outside = 0;

  openList(at: number, values: number): number {
    this.outside += values;
    this.inList = true;
    this.listWasCut = false;
    this.pieceFrom = at + 1;
    return this.bounded(0);
  }

  comma(at: number, depth: number, values: number): number {
    const isLong = values >= VALUES_PER_PIECE || at - this.pieceFrom >= BYTES_PER_PIECE;
    if (!isLong || !this.inList || depth !== 2) return this.bounded(values);
    this.cut(at, values);
    return this.bounded(0);
  }

  /** Called at the end of a list or object in the outermost one, and at the end of the body. */
  close(at: number, values: number): number {
    if (this.inList && this.listWasCut) this.cut(at, values);
    else this.outside += values;
    this.inList = false;
    return this.bounded(0);
  }

  private cut(at: number, values: number): void {
    this.pieces.push({ from: this.pieceFrom, to: at });
    this.pieceFrom = at + 1;
    this.listWasCut = true;
    this.inPieces += values;
  }

  private bounded(values: number): number {
    const atOnce = this.inList ? Math.max(values, this.outside) : values + this.outside;
    return atOnce > MAX_VALUES_OF_ITEM || values + this.outside + this.inPieces > MAX_VALUES ? TOO_MANY : values;
  }
}
