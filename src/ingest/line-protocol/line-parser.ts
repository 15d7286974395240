import { isUtf8 } from 'node:buffer';
import { readBoolean, type BooleanRead } from './booleans';
import {
  afterLineEnd,
  afterSpaces,
  BACKSLASH,
  COMMA,
  DELETE,
  EQUALS,
  HASH,
  INCOMPLETE,
  INVALID,
  MINUS,
  NEWLINE,
  NINE,
  POINT,
  QUOTE,
  SPACE,
  TAB,
  ZERO,
} from './bytes';
import { FieldNames, type FieldName } from './field-names';
import { TimeReader, type LinePrecision } from './line-times';
import { readNumber, type NumberRead } from './numbers';
import { NO_SERIES, SeriesTable, type Series } from './series';
import { readText, type TextRead } from './texts';

/** A longer line is refused, because it is parsed once all of it has arrived. */
export const MAX_LINE_BYTES = 1_048_576;
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');
const RESERVED = 'time';
const HASH_PRIME = 16_777_619;

export type FieldValue = number | string | boolean;

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
export class LineParser implements ParsedLine {
  series: Series = NO_SERIES;
  readonly names: FieldName[] = [];
  readonly values: FieldValue[] = [];
  count = 0;
  at: number | undefined = undefined;
  number = 1;
  private readonly table = new SeriesTable();
  private readonly fieldNames = new FieldNames();
  private readonly times: TimeReader;
  private readonly numberRead: NumberRead = { value: 0 };
  private readonly booleanRead: BooleanRead = { value: false };
  private readonly textRead: TextRead = { value: '', newlines: 0, isWide: false, problem: '' };
  private value: FieldValue = 0;
  private bytes: Buffer = BYTE_ORDER_MARK;
  private start = 0;
  private end = 0;
  /** Counts lines, so that a field can tell whether it was met in this one. */
  private lineId = 0;
  /** The newlines in the texts of the line. */
  private newlines = 0;
  private isWide = false;
  private isStarted = false;
  /** Whether the rest of a line that was refused is still to come. */
  private isSkipping = false;
  private reason = '';
  private failedAt = 0;

  constructor(
    private readonly sink: LineSink,
    precision: LinePrecision,
  ) {
    this.times = new TimeReader(precision);
  }

  /**
   * Parses the complete lines of a part of a body.
   *
   * @param isLast whether nothing follows: then the last line needs no newline
   * @returns the number of bytes parsed. The rest belongs at the start of the next part
   */
  parse(part: Buffer, isLast: boolean): number {
    const bytes = isLast && part.length > 0 ? Buffer.concat([part, Buffer.of(NEWLINE)]) : part;
    let start = 0;
    if (!this.isStarted) {
      if (!isLast && bytes.length < BYTE_ORDER_MARK.length) return 0;
      this.isStarted = true;
      if (bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)) start = BYTE_ORDER_MARK.length;
    }
    if (this.isSkipping) start = this.afterNewline(bytes, start);
    while (start < bytes.length) {
      const next = this.parseLine(bytes, start);
      if (next !== INCOMPLETE) start = next;
      else if (isLast) start = this.refuse(bytes, start, start, 'missing closing quote');
      else if (bytes.length - start > MAX_LINE_BYTES)
        start = this.refuse(bytes, start, start, 'line is longer than 1 MiB');
      else break;
    }
    return Math.min(start, part.length);
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

  private fail(at: number, reason: string): number {
    this.failedAt = at;
    this.reason = reason;
    return INVALID;
  }

  /** @returns where the next line begins, `INCOMPLETE` or `INVALID` */
  private parsePoint(bytes: Buffer, start: number): number {
    let at = this.parseSeries(bytes, start);
    if (at >= 0) at = this.parseFields(bytes, afterSpaces(bytes, at));
    if (at < 0) return at;
    at = afterSpaces(bytes, at);
    this.at = undefined;
    const byte = bytes[at] as number;
    if (byte === MINUS || (byte >= ZERO && byte <= NINE)) {
      const end = this.times.read(bytes, at);
      if (end === INVALID) return this.fail(at, 'timestamp is not a 64-bit integer');
      this.at = this.times.at;
      at = afterSpaces(bytes, end);
    }
    const next = afterLineEnd(bytes, at);
    return next === INVALID ? this.fail(at, 'invalid timestamp') : next;
  }

  private parseSeries(bytes: Buffer, start: number): number {
    let hash = 0;
    let at = start;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === SPACE) break;
      if (byte < SPACE || byte === DELETE)
        return this.fail(at, afterLineEnd(bytes, at) === INVALID ? 'invalid character' : 'missing fields');
      if (byte >= 0x80) this.isWide = true;
      hash = Math.imul(hash ^ byte, HASH_PRIME);
      if (byte === BACKSLASH && bytes[at + 1] === SPACE) {
        hash = Math.imul(hash ^ SPACE, HASH_PRIME);
        at += 1;
      }
    }
    if (at >= bytes.length) return INCOMPLETE;
    const series = this.table.find(bytes, start, at, hash);
    if (typeof series === 'string') return this.fail(start, series);
    this.series = series;
    return at;
  }

  private parseFields(bytes: Buffer, start: number): number {
    const { expected } = this.series;
    this.lineId += 1;
    this.count = 0;
    let at = start;
    for (let place = 0; ; place++) {
      let name = expected[place];
      let end = name ? name.endIn(bytes, at) : 0;
      if (end === 0) {
        end = this.findNameEnd(bytes, at);
        if (end < 0) return end;
        name = this.fieldNames.find(bytes, at, end);
        this.expect(place, name);
        end += 1;
      } else if ((name as FieldName).isWide) this.isWide = true;
      at = this.readValue(bytes, end);
      if (at < 0) return at;
      if (!this.keep(name as FieldName)) return this.fail(end, 'a field has two types');
      const byte = bytes[at];
      if (byte === COMMA) at += 1;
      else if (byte === SPACE || byte === undefined || afterLineEnd(bytes, at) !== INVALID) return at;
      else return this.fail(at, 'invalid character after a field value');
    }
  }

  /** The next line of the series probably has this field at this place too. */
  private expect(place: number, name: FieldName): void {
    const { expected } = this.series;
    if (place <= expected.length) expected[place] = name;
  }

  /** @returns the place of the equals sign */
  private findNameEnd(bytes: Buffer, start: number): number {
    let at = start;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === EQUALS) return at === start ? this.fail(at, 'missing field key') : at;
      if (byte <= SPACE || byte === COMMA || byte === DELETE)
        return this.fail(at, at === start ? 'missing field key' : 'missing field value');
      if (byte >= 0x80) this.isWide = true;
      if (byte !== BACKSLASH) continue;
      const next = bytes[at + 1];
      if (next === EQUALS || next === COMMA || next === SPACE) at += 1;
    }
    return INCOMPLETE;
  }

  private readValue(bytes: Buffer, start: number): number {
    const byte = bytes[start];
    if (byte === undefined) return INCOMPLETE;
    if (byte === QUOTE) return this.readText(bytes, start);
    if (byte === MINUS || byte === POINT || (byte >= ZERO && byte <= NINE)) {
      const end = readNumber(bytes, start, this.numberRead);
      if (end === INVALID) return this.fail(start, 'invalid number');
      this.value = this.numberRead.value;
      return end;
    }
    const end = readBoolean(bytes, start, this.booleanRead);
    this.value = this.booleanRead.value;
    return end === INVALID
      ? this.fail(start, byte <= SPACE || byte === COMMA ? 'missing field value' : 'invalid field value')
      : end;
  }

  private readText(bytes: Buffer, start: number): number {
    const end = readText(bytes, start, this.textRead);
    if (end === INCOMPLETE) return INCOMPLETE;
    const { value, newlines, isWide, problem } = this.textRead;
    this.newlines += newlines;
    if (isWide) this.isWide = true;
    if (problem !== '') return this.fail(end, problem);
    this.value = value;
    return end;
  }

  /** Adds the value that was read. Of two values of a field in one line, the later one counts. */
  private keep(name: FieldName): boolean {
    const { value } = this;
    if (name.seenIn === this.lineId) {
      if (typeof this.values[name.place] !== typeof value) return false;
      this.values[name.place] = value;
      return true;
    }
    if (name.text === RESERVED) return true;
    name.seenIn = this.lineId;
    name.place = this.count;
    this.names[this.count] = name;
    this.values[this.count] = value;
    this.count += 1;
    return true;
  }
}

/** Whether a comment may not contain this byte. Its last one may be the carriage return of its line end. */
function isControl(byte: number): boolean {
  return (byte < SPACE && byte !== TAB) || byte === DELETE;
}
