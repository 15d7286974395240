import type { Precision } from './point-time';

export const ENCODINGS = ['utf8', 'latin1'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** A file of points, and how to read it. Options that are left out are detected from the first records. */
export interface ImportFile {
  readonly path: string;
  /** The column or property with the time. */
  readonly time?: string | undefined;
  /** Default: UTF-8. */
  readonly encoding?: Encoding | undefined;
  /** The delimiter of CSV cells. */
  readonly delimiter?: string | undefined;
  /** The decimal separator in CSV cells. */
  readonly decimal?: '.' | ',' | undefined;
  /** The unit of numeric times. */
  readonly precision?: Precision | undefined;
}

/** The file or an option prevents the import. */
export class ImportError extends Error {}

/** One record of a file: a point in the form of the API, or why it is invalid. */
export interface ImportRecord {
  /** Starts at 1, as in an editor. */
  readonly line: number;
  readonly point?: object;
  readonly problem?: string;
  /** Whether the file cannot be read beyond this record. */
  readonly ends?: boolean;
}

/** Receives a sentence about a detected option, for the operator. */
export type Note = (text: string) => void;

/** The number of records that options are detected from. */
const SAMPLE = 100;

/** Passes the first items to `look` together, then yields all of them. */
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
    // The records before the error are still yielded.
    if (sample && sample.length > 0) yield begin(sample);
    throw cause;
  }
  if (sample) yield begin(sample);
}
