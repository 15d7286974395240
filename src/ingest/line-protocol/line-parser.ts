import { isUtf8 } from 'node:buffer';
import { afterLineEnd, afterSpaces, DELETE, HASH, INCOMPLETE, INVALID, NEWLINE, SPACE, TAB } from './bytes';
import type { FieldName } from './field-names';
import type { LinePrecision } from './line-times';
import { PointParser, type FieldValue } from './point-parser';
import type { Series } from './series';

/** A longer line is refused, because it is parsed once all of it has arrived. */
export const MAX_LINE_BYTES = 1_048_576;
/** Lines after which the parser asks whether to go on. */
const LINES_PER_LOOK = 16;
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

/** A line. Valid until the parser reads the next one. */
export interface ParsedLine {
  readonly series: Series;
  /** The first `count` items are the line's. */
  readonly names: readonly FieldName[];
  readonly values: readonly FieldValue[];
  readonly count: number;
  /** Milliseconds since 1970; undefined for a line without a time. */
  readonly at: number | undefined;
  /** The line of the body in which it begins, from 1. */
  readonly number: number;
  /** Its bytes. */
  readonly length: number;
  /** The line as it was sent is at `bytes` from `start` to `end`. These do not change when the next line is read. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** The line as it was sent. */
  text(): Buffer;
}

/** Receives what the parser finds, in the order of the body. */
export interface LineSink {
  line(line: ParsedLine): void;
  /** @param text the line as it was sent */
  invalid(number: number, reason: string, text: Buffer): void;
}

/**
 * Parses InfluxDB's line protocol. Where implementations differ, it follows `test/ingest/line-protocol/verdicts.json`, and
 * `influxdata/line-protocol` where that is silent. It throws nothing, and an invalid line does not affect its neighbors.
 */
export class LineParser extends PointParser implements ParsedLine {
  number = 1;
  bytes: Buffer = BYTE_ORDER_MARK;
  start = 0;
  end = 0;
  private isStarted = false;
  /** Whether it has stopped although more of the part can be parsed. */
  hasMore = false;
  /** Whether the rest of a line that was refused is still to come. */
  private isSkipping = false;

  constructor(
    private readonly sink: LineSink,
    precision: LinePrecision,
  ) {
    super(precision);
  }

  /**
   * Parses the complete lines of a part of a body.
   *
   * @param isLast whether nothing follows: then the last line needs no newline
   * @param goesOn asked every few lines; if not, it stops and `hasMore` is true
   * @returns the number of bytes parsed. The rest belongs at the start of the next part
   */
  parse(part: Buffer, isLast: boolean, goesOn: () => boolean = () => true): number {
    const bytes = isLast && part.length > 0 ? Buffer.concat([part, Buffer.of(NEWLINE)]) : part;
    let start = 0;
    if (!this.isStarted) {
      if (!isLast && bytes.length < BYTE_ORDER_MARK.length) return 0;
      this.isStarted = true;
      if (bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)) start = BYTE_ORDER_MARK.length;
    }
    if (this.isSkipping) start = this.afterNewline(bytes, start);
    this.hasMore = false;
    for (let lines = 1; start < bytes.length; lines++) {
      const next = this.parseLine(bytes, start);
      if (next !== INCOMPLETE) start = next;
      else if (isLast) start = this.refuse(bytes, start, start, 'missing closing quote');
      else if (bytes.length - start > MAX_LINE_BYTES)
        start = this.refuse(bytes, start, start, 'line is longer than 1 MiB');
      else break;
      this.hasMore = lines % LINES_PER_LOOK === 0 && start < part.length && !goesOn();
      if (this.hasMore) break;
    }
    return Math.min(start, part.length);
  }

  get length(): number {
    return this.end - this.start;
  }

  text(): Buffer {
    return this.bytes.subarray(this.start, this.end);
  }

  /** @returns where the next line begins, or `INCOMPLETE` */
  private parseLine(bytes: Buffer, start: number): number {
    this.isWide = false;
    this.newlines = 0;
    const first = afterSpaces(bytes, start);
    if (first >= bytes.length) return INCOMPLETE;
    if (bytes[first] === HASH) return this.passComment(bytes, first);
    const blank = afterLineEnd(bytes, first);
    if (blank !== INVALID) return this.pass(blank);
    const end = this.parsePoint(bytes, first);
    if (end === INCOMPLETE) return INCOMPLETE;
    if (end === INVALID)
      return bytes.indexOf(NEWLINE, this.failedAt) === -1
        ? INCOMPLETE
        : this.refuse(bytes, first, this.failedAt, this.reason);
    const problem = this.problemOf(bytes, first, end);
    if (problem !== undefined) return this.refuse(bytes, first, end - 1, problem);
    this.bytes = bytes;
    this.start = first;
    this.end = end - 1;
    this.sink.line(this);
    return this.pass(end);
  }

  private passComment(bytes: Buffer, start: number): number {
    const end = bytes.indexOf(NEWLINE, start);
    if (end === -1) return INCOMPLETE;
    const hasControl = bytes.subarray(start, end).some((byte, at) => isControl(byte) && start + at !== end - 1);
    return hasControl ? this.refuse(bytes, start, end, 'invalid character in a comment') : this.pass(end + 1);
  }

  /** What is wrong with a line whose parts are all right. */
  private problemOf(bytes: Buffer, start: number, end: number): string | undefined {
    if (end - start > MAX_LINE_BYTES) return 'line is longer than 1 MiB';
    if (this.isWide && !isUtf8(bytes.subarray(start, end))) return 'line is not valid UTF-8';
    return this.count === 0 ? 'the field time is reserved, and there is no other field' : undefined;
  }

  private pass(next: number): number {
    if (next !== INCOMPLETE) this.number += 1 + this.newlines;
    return next;
  }

  /** Reports the line, and skips to the first newline after the problem. */
  private refuse(bytes: Buffer, start: number, failedAt: number, reason: string): number {
    if (failedAt === start) this.newlines = 0;
    const end = bytes.indexOf(NEWLINE, failedAt);
    this.sink.invalid(this.number, reason, bytes.subarray(start, end === -1 ? bytes.length : end));
    this.number += this.newlines;
    return this.afterNewline(bytes, failedAt);
  }

  private afterNewline(bytes: Buffer, from: number): number {
    const end = bytes.indexOf(NEWLINE, from);
    this.isSkipping = end === -1;
    if (this.isSkipping) return bytes.length;
    this.number += 1;
    return end + 1;
  }
}

/** Whether a comment may not contain this byte. Its last one may be the carriage return of its line end. */
function isControl(byte: number): boolean {
  return (byte < SPACE && byte !== TAB) || byte === DELETE;
}
