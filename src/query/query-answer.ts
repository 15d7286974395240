/** How an answer shows the times of its rows, given in milliseconds since 1970. */
export type ShowTime = (at: number) => string | number;

/** `2024-01-15T10:00:00.000Z`. */
export const isoTime: ShowTime = (at) => new Date(at).toISOString();

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
