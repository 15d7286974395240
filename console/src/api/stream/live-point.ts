/** A point as the stream and a raw query give it. */
export interface LivePoint {
  readonly _id?: string | undefined;
  readonly bucketId?: string | undefined;
  readonly dataSourceId: string;
  readonly timestamp: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface LiveFilter {
  readonly bucketId?: string | undefined;
  readonly dataSourceIds?: readonly string[] | undefined;
  readonly fields?: readonly string[] | undefined;
}
