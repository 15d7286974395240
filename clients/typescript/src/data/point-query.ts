/** Which points an export or a stream has. */
export interface PointFilter {
  /** Not needed with a key of a bucket. */
  readonly bucketId?: string;
  /** Only these data sources. Default: all of the bucket. */
  readonly dataSourceIds?: readonly string[];
  /** Only these fields, and only points with a value of at least one of them. */
  readonly fields?: readonly string[];
  /** Only points whose metadata contains all of these entries. */
  readonly metadata?: Readonly<Record<string, string | number | boolean>>;
}

/** The filter as query parameters. A name with a comma or a double quote needs quotes. */
export function filterQuery({ bucketId, dataSourceIds, fields, metadata }: PointFilter) {
  return {
    bucketId,
    dataSourceId: dataSourceIds,
    fields: fields?.map((name) => (/[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)),
    metadata: metadata && JSON.stringify(metadata),
  };
}
