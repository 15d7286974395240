/** How an answer shows the times of its rows, given in milliseconds since 1970. */
export type ShowTime = (at: number) => string | number;

const MINUTE_MILLIS = 60_000;
const SECONDS = Array.from({ length: 60 }, (_, second) => `${String(second).padStart(2, '0')}.`);
const MILLIS = Array.from({ length: 1000 }, (_, milli) => `${String(milli).padStart(3, '0')}Z`);
/** Of `00.000Z`. */
const SECONDS_LENGTH = 7;
/** The last time, since rows of several devices often have the same one. */
const last = { at: NaN, text: '', minute: NaN, beginning: '' };

/** `2024-01-15T10:00:00.000Z`. `Date` is asked once for a minute: it takes an eighth of the time of an export otherwise. */
export const isoTime: ShowTime = (at) => {
  if (at === last.at) return last.text;
  const minute = Math.floor(at / MINUTE_MILLIS);
  if (minute !== last.minute) {
    last.beginning = new Date(minute * MINUTE_MILLIS).toISOString().slice(0, -SECONDS_LENGTH);
    last.minute = minute;
  }
  const millis = Math.floor(at - minute * MINUTE_MILLIS);
  last.text = last.beginning + (SECONDS[Math.floor(millis / 1000)] ?? '') + (MILLIS[millis % 1000] ?? '');
  last.at = at;
  return last.text;
};

/** A row of an answer. */
export interface QueryRow {
  readonly _id?: string;
  readonly dataSourceId: string;
  /** The name of the data source, if requested. */
  readonly dataSource?: string;
  readonly timestamp: string | number;
  readonly values: Readonly<Record<string, unknown>>;
  readonly metadata?: unknown;
  readonly count?: number;
}

/** The end of a page, known once its last row has been computed. */
export interface PageEnd {
  readonly hasMore: boolean;
  readonly nextCursor?: string | undefined;
  /** Whether an aggregate is outside the range of a double, and null in its row. */
  readonly overflow?: boolean | undefined;
}

/** The rows of a page in batches, computed on demand. */
export type RowSource = AsyncGenerator<readonly QueryRow[], PageEnd, undefined>;

/** An answer that is computed while it is sent. */
export interface QueryAnswer {
  /**
   * Computes the rows. Each call starts at the first row.
   *
   * @param showTime default: `isoTime`
   */
  rows(showTime?: ShowTime): RowSource;
  /** The names of all values that rows can have: `temperature`, or `temperature.avg` with several aggregations. */
  cells(): readonly string[];
  /** The names of all metadata that raw rows can have; undefined for groups. Reads the metadata of each data source. */
  metadataNames?(): Promise<readonly string[]>;
  /** A name for a file with this answer: that of its data source, or of its bucket. */
  readonly title: string;
  /** The names of the data sources by id. */
  sourceNames(): ReadonlyMap<string, string>;
  /** Whether rows carry the names of their data sources. */
  readonly isNamed?: boolean;
  /** The maximum number of rows. */
  readonly maxRows: number;
  /** The `metadata` of the answer besides `count` and the end of the page; undefined for an answer without `metadata`. */
  readonly about?: {
    readonly downsamplingApplied: boolean;
    readonly aggregation?: string | readonly string[];
    readonly groupBy?: string;
  };
}
