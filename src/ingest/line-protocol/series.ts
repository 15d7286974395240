import { BACKSLASH, COMMA, EQUALS, SPACE, unescaped } from './bytes';
import type { FieldName } from './field-names';

const TABLE_SLOTS = 16_384;
/** Longer ones are parsed again in each line. */
const LONGEST_KEPT_BYTES = 512;
const PROBES = 4;
const OF_MEASUREMENT = [COMMA, SPACE];
const OF_TAG = [COMMA, EQUALS, SPACE];

/** A measurement and its tags. */
export class Series {
  /** The fields of the line before: most lines of a series have the same ones, in the same order. */
  readonly expected: FieldName[] = [];

  constructor(
    readonly measurement: string,
    /** Sorted by name, which are unique. */
    readonly tags: readonly (readonly [name: string, value: string])[],
    /** Measurement and tags as one text, which is the same for any order of the tags. */
    readonly key: string,
    private readonly raw: Buffer,
  ) {}

  isAt(bytes: Buffer, start: number, end: number): boolean {
    const { raw } = this;
    if (raw.length !== end - start) return false;
    for (let index = 0; index < raw.length; index++) if (bytes[start + index] !== raw[index]) return false;
    return true;
  }
}

export const NO_SERIES = new Series('', [], '', Buffer.alloc(0));

/** The series of one body by their bytes, so that each is parsed once. A full table forgets. */
export class SeriesTable {
  private readonly slots = new Array<Series | undefined>(TABLE_SLOTS).fill(undefined);

  /** The series at these bytes, or why it is invalid. */
  find(bytes: Buffer, start: number, end: number, hash: number): Series | string {
    const first = (hash ^ (hash >>> 15)) & (TABLE_SLOTS - 1);
    for (let probe = 0; probe < PROBES; probe++) {
      const known = this.slots[(first + probe) & (TABLE_SLOTS - 1)];
      if (known === undefined) break;
      if (known.isAt(bytes, start, end)) return known;
    }
    const series = parseSeries(bytes, start, end);
    if (typeof series !== 'string' && end - start <= LONGEST_KEPT_BYTES) this.keep(first, series);
    return series;
  }

  private keep(first: number, series: Series): void {
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = (first + probe) & (TABLE_SLOTS - 1);
      if (this.slots[slot] !== undefined) continue;
      this.slots[slot] = series;
      return;
    }
    this.slots[first] = series;
  }
}

/** Parses `measurement,tag=value,…`, or says what is wrong. */
export function parseSeries(bytes: Buffer, start: number, end: number): Series | string {
  let at = findEnd(bytes, start, end, false);
  const measurement = unescaped(bytes, start, at, OF_MEASUREMENT);
  if (measurement === '') return 'missing measurement';
  const tags: [string, string][] = [];
  while (at < end) {
    const nameEnd = findEnd(bytes, at + 1, end, true);
    const name = unescaped(bytes, at + 1, nameEnd, OF_TAG);
    if (name === '') return 'missing tag key';
    if (nameEnd === end || bytes[nameEnd] !== EQUALS) return 'missing tag value';
    const valueEnd = findEnd(bytes, nameEnd + 1, end, true);
    const value = unescaped(bytes, nameEnd + 1, valueEnd, OF_TAG);
    if (value === '') return 'missing tag value';
    if (bytes[valueEnd] === EQUALS && valueEnd < end) return 'unescaped = in a tag value';
    if (name === 'time') return 'the tag time is reserved';
    tags.push([name, value]);
    at = valueEnd;
  }
  tags.sort(([one], [other]) => (one < other ? -1 : Number(one > other)));
  if (tags.some(([name], index) => name === tags[index + 1]?.[0])) return 'duplicate tag';
  const key = keyOf(measurement, tags);
  return new Series(measurement, tags, key, Buffer.from(bytes.subarray(start, end)));
}

/** A text that no other series has: names and values are separated by characters that none of them has. */
export function keyOf(measurement: string, tags: Series['tags']): string {
  return [measurement, ...tags.flat()].join('\n');
}

function findEnd(bytes: Buffer, start: number, end: number, isTag: boolean): number {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === COMMA || (isTag && byte === EQUALS)) return at;
    if (byte !== BACKSLASH) continue;
    const next = bytes[at + 1];
    if (next === COMMA || next === SPACE || (isTag && next === EQUALS)) at += 1;
  }
  return end;
}
