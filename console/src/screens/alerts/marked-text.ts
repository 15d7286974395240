import type { ProblemDetail } from '../../api/problem';

/** A text with the part that was not understood. */
export interface MarkedText {
  readonly before: string;
  /** A space where something is missing at the end. */
  readonly wrong: string;
  readonly after: string;
}

type Place = NonNullable<ProblemDetail['at']>;

/** The form in which the server counts the offsets of a text. */
export function normalized(text: string): string {
  return text.normalize('NFC');
}

/** Divides a text at a place of a problem. Undefined where there is none. */
export function markedText(text: string, at: Place | undefined): MarkedText | undefined {
  if (!at) return undefined;
  const start = Math.min(Math.max(0, at.start), text.length);
  const end = Math.min(Math.max(start, at.end), text.length);
  const wrong = text.slice(start, end);
  return { before: text.slice(0, start), wrong: wrong === '' ? '\u00a0' : wrong, after: text.slice(end) };
}

/** A text with a word in the place of a part of it, one space apart from what is around. */
export function replaced(text: string, { start, end }: Place, word: string): string {
  const before = text.slice(0, start).trimEnd();
  const after = text.slice(end).trimStart();
  return [before, word, after].filter(Boolean).join(' ');
}

/** What the server expected, once each, without what a button cannot say. */
export function expectedWords({ expected = [] }: Pick<ProblemDetail, 'expected'>, most: number): string[] {
  return [...new Set(expected)].slice(0, most);
}
