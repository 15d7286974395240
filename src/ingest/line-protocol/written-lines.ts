import type { ErrorCode } from '../../common/error-codes';
import { isHarmfulName } from '../../common/harmful-names';
import { printable } from '../../common/printable';
import { containsKey } from '../../common/whole-keys';
import { LONGEST_FIELD_NAME_BYTES, type FieldType } from '../../sources/schema';
import { hashOf } from '../../sources/series-rows';
import type { ParsedLine } from './line-parser';
import type { FieldValue } from './point-parser';
import type { Series } from './series';

export const LONGEST_NAME_BYTES = 255;
export const LONGEST_SERIES_BYTES = 8192;
const LONGEST_SHOWN = 200;
/** Field names of a body that were checked already. */
const MAX_CHECKED_NAMES = 4096;
const DAY_MILLIS = 86_400_000;

/** A line that was refused. */
export interface RefusedLine {
  /** The line of the body in which it begins, from 1. */
  readonly number: number;
  readonly reason: string;
  /** What kind of reason it is. */
  readonly code: ErrorCode;
  /** Its beginning, as it was sent. */
  readonly text: string;
}

/** A line that was read. */
export interface ReadLine {
  readonly series: NamedSeries;
  readonly values: Readonly<Record<string, FieldValue>>;
  readonly at: number;
}

/** A line to store. */
export interface WrittenLine extends ReadLine {
  readonly number: number;
  /** Canonical JSON. Lines of a body have none. */
  readonly metadata?: string | null;
}

/** A series of the body, with its hash. */
export interface NamedSeries extends Pick<Series, 'measurement' | 'tags'> {
  readonly hash: string;
}

/** Reads parsed lines, and refuses those that cannot be stored. */
export class LineReader {
  private readonly named = new WeakMap<Series, NamedSeries | string>();
  /** What is wrong with a field name; empty for nothing. */
  private readonly names = new Map<string, string>();

  /** @param nowMillis the time of lines without one */
  constructor(readonly nowMillis: number) {}

  /** The line, or why it cannot be stored. */
  read(line: ParsedLine): ReadLine | string {
    const problem = this.problemOf(line);
    if (problem !== undefined) return problem;
    const values: Record<string, FieldValue> = {};
    for (let index = 0; index < line.count; index++)
      values[line.names[index]?.text ?? ''] = line.values[index] as FieldValue;
    return { series: this.seriesOf(line.series), values, at: line.at ?? this.nowMillis };
  }

  /** Why a line cannot be stored. */
  problemOf(line: ParsedLine): string | undefined {
    const series = this.namedOf(line.series);
    if (typeof series === 'string') return series;
    const problem = this.problemOfTime(line.at ?? this.nowMillis);
    if (problem !== undefined) return problem;
    for (let index = 0; index < line.count; index++) {
      const wrong = this.problemOfName(line.names[index]?.text ?? '');
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }

  problemOfTime(at: number): string | undefined {
    if (at < 0) return 'timestamp is before 1970';
    return at > this.nowMillis + DAY_MILLIS ? 'timestamp is more than 24 hours ahead; check the precision' : undefined;
  }

  /** The series of a line without a problem. */
  seriesOf(series: Series): NamedSeries {
    return this.namedOf(series) as NamedSeries;
  }

  private problemOfName(name: string): string | undefined {
    const known = this.names.get(name);
    if (known !== undefined) return known === '' ? undefined : known;
    const problem = problemOfField(name);
    if (this.names.size >= MAX_CHECKED_NAMES) this.names.clear();
    this.names.set(name, problem ?? '');
    return problem;
  }

  private namedOf(series: Series): NamedSeries | string {
    let named = this.named.get(series);
    if (named === undefined) this.named.set(series, (named = namedSeries(series)));
    return named;
  }
}

/** The type of the field that holds a value. */
export function typeOf(value: FieldValue): FieldType {
  return typeof value as FieldType;
}

/** The beginning of a line, for errors. */
export function shown(text: Buffer): string {
  const beginning = printable(text.toString('utf8', 0, LONGEST_SHOWN));
  return text.length > LONGEST_SHOWN ? `${beginning}…` : beginning;
}

/** Why a field cannot have this name. */
export function problemOfField(name: string): string | undefined {
  if (Buffer.byteLength(name) > LONGEST_FIELD_NAME_BYTES)
    return `a field key is longer than ${LONGEST_FIELD_NAME_BYTES} bytes`;
  if (printable(name) !== name) return 'a field key contains characters that cannot be displayed';
  if (isHarmfulName(name)) return `the field key ${name} is reserved`;
  return containsKey(name) ? 'a field key contains an API key' : undefined;
}

/** The series that data sources are found by, or why there can be none. */
export function namedSeries({
  measurement,
  tags,
  key,
}: Pick<Series, 'measurement' | 'tags' | 'key'>): NamedSeries | string {
  const names = [measurement, ...tags.map(([name]) => name)];
  if (names.some((name) => Buffer.byteLength(name) > LONGEST_NAME_BYTES))
    return `a measurement or tag key is longer than ${LONGEST_NAME_BYTES} bytes`;
  if (Buffer.byteLength(key) > LONGEST_SERIES_BYTES)
    return `measurement and tags are longer than ${LONGEST_SERIES_BYTES} bytes`;
  if (containsKey(key)) return 'measurement or tags contain an API key';
  return { measurement, tags, hash: hashOf(key) };
}
