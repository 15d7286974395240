import { canonicalJson } from '../common/canonical-json';
import type { QueryRow } from '../query/query-answer';

/** Which points of a bucket a stream has. */
export interface StreamFilter {
  readonly bucketId: string;
  /** Undefined for all data sources, including those that are created later. */
  readonly sourceIds: readonly string[] | undefined;
  /** Only these fields, and only points with a value of at least one of them. */
  readonly fields: readonly string[] | undefined;
  /** Only points whose metadata contains all of these entries. */
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
}

/** A name that only equal filters have. */
export function nameOfFilter({ bucketId, sourceIds, fields, metadata }: StreamFilter): string {
  const sorted = (list: readonly string[] | undefined) => list && [...new Set(list)].sort();
  return canonicalJson([bucketId, sorted(sourceIds) ?? null, sorted(fields) ?? null, metadata ?? null]);
}

/** Returns the row as a stream with this filter shows it, or undefined if the filter leaves it out. */
export function applierOf({ sourceIds, fields, metadata }: StreamFilter): (row: QueryRow) => QueryRow | undefined {
  const sources = sourceIds && new Set(sourceIds);
  const entries = metadata && Object.entries(metadata);
  return (row) => {
    if (sources && !sources.has(row.dataSourceId)) return undefined;
    if (entries && !hasEntries(row.metadata, entries)) return undefined;
    return fields ? withFields(row, fields) : row;
  };
}

function withFields(row: QueryRow, fields: readonly string[]): QueryRow | undefined {
  const values = Object.fromEntries(Object.entries(row.values).filter(([name]) => fields.includes(name)));
  return Object.keys(values).length > 0 ? { ...row, values } : undefined;
}

function hasEntries(metadata: unknown, entries: readonly (readonly [string, unknown])[]): boolean {
  const given = (metadata ?? {}) as Readonly<Record<string, unknown>>;
  return entries.every(([name, value]) => Object.hasOwn(given, name) && given[name] === value);
}
