import {
  afterLineEnd,
  afterSpaces,
  BACKSLASH,
  COMMA,
  DELETE,
  EQUALS,
  INCOMPLETE,
  INVALID,
  MINUS,
  NINE,
  POINT,
  QUOTE,
  SPACE,
  ZERO,
} from './bytes';
import { readBoolean, type BooleanRead } from './booleans';
import { FieldNames, type FieldName } from './field-names';
import { TimeReader, type LinePrecision } from './line-times';
import { readNumber, type NumberRead } from './numbers';
import { NO_SERIES, SeriesTable, type Series } from './series';
import { readText, type TextRead } from './texts';

const RESERVED = 'time';
/** Fields of a line, counted with those that repeat: no series can have more. */
export const MAX_FIELDS = 1000;
const HASH_PRIME = 16_777_619;

export type FieldValue = number | string | boolean;

/**
 * Parses one point: `series fields time`. `LineParser` extends it with the lines around points. What was read stands in its
 * properties, which the next point overwrites: no object is made for a line.
 */
export abstract class PointParser {
  series: Series = NO_SERIES;
  readonly names: FieldName[] = [];
  readonly values: FieldValue[] = [];
  count = 0;
  at: number | undefined = undefined;
  /** The newlines in the texts of the line. */
  protected newlines = 0;
  /** Whether it has bytes beyond ASCII. */
  protected isWide = false;
  /** Why the last point is not valid, and where. */
  protected reason = '';
  protected failedAt = 0;
  private readonly table = new SeriesTable();
  private readonly fieldNames = new FieldNames();
  private readonly times: TimeReader;
  private readonly numberRead: NumberRead = { value: 0 };
  private readonly booleanRead: BooleanRead = { value: false };
  private readonly textRead: TextRead = { value: '', newlines: 0, isWide: false, problem: '' };
  private value: FieldValue = 0;
  /** Counts lines, so that a field can tell whether it was met in this one. */
  private lineId = 0;

  constructor(precision: LinePrecision) {
    this.times = new TimeReader(precision);
  }

  /** @returns where the next line begins, `INCOMPLETE` or `INVALID` */
  protected parsePoint(bytes: Buffer, start: number): number {
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
    for (let place = 0; place < MAX_FIELDS; place++) {
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
    return this.fail(at, `line has more than ${MAX_FIELDS} fields`);
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

  private fail(at: number, reason: string): number {
    this.failedAt = at;
    this.reason = reason;
    return INVALID;
  }
}
