import type { CurrentApiKey } from '../auth/current-key.decorator';
import type { Problem } from '../common/errors';
import type { PackedPoint } from '../points/values';
import type { OpenSource, Part } from './part';
import type { SentPoint } from './point-check';
import type { PointError, RejectedPoint } from './point-error';
import type { SentBlock } from './sent-block';

/** The restrictions of a key on where it may store points. */
export type IngestReach = Pick<CurrentApiKey, 'organizationId' | 'bucketId' | 'dataSourceId' | 'writeOnly'>;

/** Points of one bucket. */
export interface IngestRequest {
  readonly key: IngestReach;
  readonly bucketId: string;
  /** The rotation lineage whose share of the metadata limit is used; null for Admin keys and imports. */
  readonly line: string | null;
  readonly points: readonly SentPoint[];
  /** Points in blocks, instead of `points`. */
  readonly blocks?: readonly SentBlock[];
  /** What was done before the transaction. */
  readonly early?: EarlyChecked;
  /** The path of the point at this index in the request body. */
  readonly pathOf: (index: number) => Problem['path'];
  /** Whether valid points are stored when others are rejected. */
  readonly partial: boolean;
  /** Whether a point adds its values to the stored point with the same identity. Otherwise it replaces it. */
  readonly merges?: boolean;
  /** Whether the points are historical: they fire and resolve no alert rule, and are no arrival for `no data`. */
  readonly quiet?: boolean;
}

/** A request whose valid points can be stored. */
export interface Admitted {
  readonly request: IngestRequest;
  readonly parts: ReadonlyMap<OpenSource, Part>;
  readonly problems: readonly RejectedPoint[];
}

/** The error that rejects a request or a bucket. */
export interface Refused {
  readonly cause: unknown;
}

/** What was done for a request before the transaction that stores its points. */
export interface EarlyChecked {
  /** Its data sources as they were then, by id. */
  readonly sources: ReadonlyMap<string, OpenSource>;
  /** By place in the request; undefined if the data source was not found. */
  readonly points: readonly (PackedPoint | PointError | undefined)[];
}
