import type { Precision } from './point-time';

export const ENCODINGS = ['utf8', 'latin1'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** A file of points, and how it is read. What is left out is guessed from its first records. */
export interface ImportFile {
  readonly path: string;
  /** The column, or property, that has the time. */
  readonly time?: string | undefined;
  /** How its text is encoded; UTF-8 where it is left out. */
  readonly encoding?: Encoding | undefined;
  /** What separates the cells of a table. */
  readonly delimiter?: string | undefined;
  /** What separates the fraction of a number in a table. */
  readonly decimal?: '.' | ',' | undefined;
  /** What times that are numbers count since 1970. */
  readonly precision?: Precision | undefined;
}

/** The file cannot be imported as it is. */
export class ImportError extends Error {}

/** One record of a file: a point as the API would be sent it, or why it is none. */
export interface ImportRecord {
  /** From 1 on, as an editor counts the lines. */
  readonly line: number;
  readonly point?: object;
  readonly problem?: string;
  /** Whether nothing after it can be read. */
  readonly ends?: boolean;
}

/** Takes what a reader has guessed, as a sentence for the operator. */
export type Note = (text: string) => void;

/** Records that a reader guesses from. */
const SAMPLE = 100;

/** Hands on all items, after the first of them were looked at together. */
export async function* afterSample<T>(
  items: AsyncIterable<readonly T[]>,
  look: (sample: readonly T[]) => void,
): AsyncGenerator<readonly T[]> {
  let sample: T[] | undefined = [];
  const begin = (first: readonly T[]) => {
    sample = undefined;
    look(first.slice(0, SAMPLE));
    return first;
  };
  try {
    for await (const some of items) {
      if (!sample) yield some;
      else {
        sample = sample.concat(some);
        if (sample.length >= SAMPLE) yield begin(sample);
      }
    }
  } catch (cause) {
    // What was read before is handed on.
    if (sample && sample.length > 0) yield begin(sample);
    throw cause;
  }
  if (sample) yield begin(sample);
}
