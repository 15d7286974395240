/** A row of an answer. */
export interface QueryRow {
  readonly _id?: string;
  readonly dataSourceId: string;
  /** The name of the data source, where it is asked for. */
  readonly dataSource?: string;
  readonly timestamp: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly metadata?: unknown;
  readonly count?: number;
}

/** What is known of a page once its last row has been made. */
export interface PageEnd {
  readonly hasMore: boolean;
  readonly nextCursor?: string | undefined;
  /** Whether an aggregate is beyond the greatest double, and null in its row. */
  readonly overflow?: boolean | undefined;
}

/** The rows of a page, some at a time, as they are made. */
export type RowSource = AsyncGenerator<readonly QueryRow[], PageEnd, undefined>;

/** An answer that is made while it is sent. */
export interface QueryAnswer {
  /** Makes the rows, at each call from the first one on. */
  rows(): RowSource;
  /** Whether rows carry the names of their data sources. */
  readonly isNamed?: boolean;
  /** How many rows it has at most. */
  readonly mostRows: number;
  /** What is said of the rows below them, besides their number and the page's end; nothing where they stand alone. */
  readonly about?: {
    readonly downsamplingApplied: boolean;
    readonly aggregation?: string | readonly string[];
    readonly groupBy?: string;
  };
}
