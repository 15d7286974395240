import { BACKSLASH, COMMA, EQUALS, SPACE, unescaped } from './bytes';
import type { FieldName } from './field-names';

const MAX_SLOTS = 16_384;
/** Most bodies have few series, and slots that are not used cost as much as many lines. */
const FIRST_SLOTS = 64;
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
    /** The hash that it is found by. */
    readonly hash = 0,
  ) {}

  isAt(bytes: Buffer, start: number, end: number): boolean {
    const { raw } = this;
    if (raw.length !== end - start) return false;
    for (let index = 0; index < raw.length; index++) if (bytes[start + index] !== raw[index]) return false;
    return true;
  }
}

export const NO_SERIES = new Series('', [], '', Buffer.alloc(0));

/** The series of one body by their bytes, so that each is parsed once. It grows with their number; a full table forgets. */
export class SeriesTable {
  private slots = emptySlots(FIRST_SLOTS);
  private used = 0;

  /** The series at these bytes, or why it is invalid. */
  find(bytes: Buffer, start: number, end: number, hash: number): Series | string {
    const first = this.firstOf(hash);
    for (let probe = 0; probe < PROBES; probe++) {
      const known = this.slots[(first + probe) & (this.slots.length - 1)];
      if (known === undefined) break;
      if (known.isAt(bytes, start, end)) return known;
    }
    const series = parseSeries(bytes, start, end, hash);
    if (typeof series !== 'string' && end - start <= LONGEST_KEPT_BYTES) this.keep(series);
    return series;
  }

  private firstOf(hash: number): number {
    return (hash ^ (hash >>> 15)) & (this.slots.length - 1);
  }

  private keep(series: Series): void {
    if (this.used * 2 >= this.slots.length && this.slots.length < MAX_SLOTS) this.grow();
    const first = this.firstOf(series.hash);
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = (first + probe) & (this.slots.length - 1);
      if (this.slots[slot] !== undefined) continue;
      this.slots[slot] = series;
      this.used += 1;
      return;
    }
    this.slots[first] = series;
  }

  private grow(): void {
    const before = this.slots;
    this.slots = emptySlots(before.length * 4);
    this.used = 0;
    for (const series of before) if (series) this.keep(series);
  }
}

function emptySlots(count: number): (Series | undefined)[] {
  return new Array<Series | undefined>(count).fill(undefined);
}

/** Parses `measurement,tag=value,…`, or says what is wrong. */
export function parseSeries(bytes: Buffer, start: number, end: number, hash = 0): Series | string {
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
  return new Series(measurement, tags, key, Buffer.from(bytes.subarray(start, end)), hash);
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
