import type { RowOptions } from '../../csv/rows';
import type { BadRow } from './bad-rows';
import type { Target } from './columns';
import type { Reading } from './point-reader';

/** Everything that a person has chosen for an import. */
export interface ImportSettings {
  readonly bucketId: string;
  readonly target: Target;
  readonly rows: RowOptions;
  readonly hasHeader: boolean;
  readonly reading: Reading;
}

export interface ImportCounts {
  readonly stored: number;
  /** Points that replaced one with the same time. */
  readonly updated: number;
  /** Points that were there already. */
  readonly known: number;
  readonly refused: number;
}

/** What went to a data source. */
export interface FilledSource {
  readonly id: string;
  readonly name: string;
  readonly points: number;
  readonly from: number;
  readonly to: number;
}

/** How far an import is: enough to go on. */
export interface ImportPlace {
  /** Rows that are done, without the header. */
  readonly rows: number;
  /** The time of the last of them. */
  readonly lastTime: number | undefined;
  readonly counts: ImportCounts;
  readonly bad: readonly BadRow[];
  readonly sources: readonly FilledSource[];
}

export const START: ImportPlace = {
  rows: 0,
  lastTime: undefined,
  counts: { stored: 0, updated: 0, known: 0, refused: 0 },
  bad: [],
  sources: [],
};

/** What is remembered of an import that has not reached its end. It has no key, and nothing of what is in the file. */
export interface Unfinished {
  /** `fingerprintOf` the file. */
  readonly file: string;
  readonly name: string;
  readonly size: number;
  readonly savedAt: number;
  readonly settings: ImportSettings;
  readonly place: ImportPlace;
}

const MAX_UNFINISHED = 5;
const MAX_BAD = 1000;

/** Recognizes a file when it is chosen again: by its name, its size and its first bytes. */
export function fingerprintOf(name: string, size: number, first: Uint8Array): string {
  // FNV-1a twice, with different starts: not against anyone, only against mistakes.
  let [one, other] = [0x811c9dc5, 0x01000193];
  for (const byte of first) {
    one = Math.imul(one ^ byte, 0x01000193);
    other = Math.imul(other ^ byte, 0x85ebca6b);
  }
  return `${name} ${size} ${(one >>> 0).toString(16)}${(other >>> 0).toString(16)}`;
}

/** Reads what was remembered; what is not understood counts as nothing. */
export function readUnfinished(text: string | null): readonly Unfinished[] {
  try {
    const read: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(read) ? read.filter(isUnfinished) : [];
  } catch {
    return [];
  }
}

function isUnfinished(value: unknown): value is Unfinished {
  const { file, settings, place } = (value ?? {}) as Partial<Unfinished>;
  const isRead = Array.isArray(settings?.reading?.columns) && typeof settings.bucketId === 'string';
  return typeof file === 'string' && isRead && typeof place?.rows === 'number';
}

/** The list with this import first, without the cells of its bad rows. */
export function withUnfinished(all: readonly Unfinished[], one: Unfinished): readonly Unfinished[] {
  const bad = one.place.bad.slice(0, MAX_BAD).map(({ line, reason }) => ({ line, reason }));
  const kept = { ...one, place: { ...one.place, bad } };
  return [kept, ...all.filter(({ file }) => file !== one.file)].slice(0, MAX_UNFINISHED);
}
