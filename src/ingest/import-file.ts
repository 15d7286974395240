import type { Precision } from './point-time';

export const ENCODINGS = ['utf8', 'latin1'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** How to read a file of points. Options that are left out are detected from the first records. */
export interface Reading {
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
  /** Whether the options are parameters of a request instead of flags of a command. Problems name them accordingly. */
  readonly isRequest?: boolean;
}

/** A file of points on the disk of the server. */
export interface ImportFile extends Reading {
  readonly path: string;
}

/** How the caller gives an option: `--encoding latin1`, or `?encoding=latin1`. */
export function optionOf(
  { isRequest }: Reading,
  name: 'time' | 'encoding' | 'delimiter' | 'decimal' | 'precision',
  value = '',
): string {
  return isRequest ? `?${name}=${value}` : `--${name} ${value}`.trim();
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
/** The same for long records, in characters. */
const SAMPLE_CHARACTERS = 1_048_576;

/**
 * Passes the first items to `look` together, then yields all of them.
 *
 * @param lengthOf the characters of an item, for items of which a hundred would be too many
 */
export async function* afterSample<T>(
  items: AsyncIterable<readonly T[]>,
  look: (sample: readonly T[]) => void | Promise<void>,
  lengthOf: (item: T) => number = () => 0,
): AsyncGenerator<readonly T[]> {
  let sample: T[] | undefined = [];
  let length = 0;
  const begin = async (first: readonly T[]) => {
    sample = undefined;
    await look(first.slice(0, SAMPLE));
    return first;
  };
  try {
    for await (const some of items) {
      if (!sample) yield some;
      else {
        sample = sample.concat(some);
        for (const item of some) length += lengthOf(item);
        if (sample.length >= SAMPLE || length >= SAMPLE_CHARACTERS) yield await begin(sample);
      }
    }
  } catch (cause) {
    // The records before the error are still yielded.
    if (sample && sample.length > 0) yield await begin(sample);
    throw cause;
  }
  if (sample) yield await begin(sample);
}
