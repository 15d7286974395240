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
  items: AsyncIterable<T>,
  look: (sample: readonly T[]) => void,
): AsyncGenerator<T> {
  const sample: T[] = [];
  let isOver = false;
  const begin = () => {
    isOver = true;
    look(sample);
    return sample;
  };
  try {
    for await (const item of items) {
      if (isOver) yield item;
      else if (sample.push(item) === SAMPLE) yield* begin();
    }
  } catch (cause) {
    // What was read before is handed on.
    if (!isOver) yield* begin();
    throw cause;
  }
  if (!isOver) yield* begin();
}
