import type { PointBlock } from '../points/point-block';
import type { PackedPoint } from '../points/values';
import type { IngestSource } from '../sources/ingest-source';
import type { Schema } from '../sources/schema';
import type { PointCheck } from './point-check';

/** A data source with the compiled check for its points. */
export interface OpenSource extends Pick<IngestSource, 'id' | 'number'> {
  readonly schema: Schema;
  /** The schema as it is stored. */
  readonly schemaText: string;
  readonly check: PointCheck;
}

/** The points of a request for one source, with their metadata. */
export interface Part {
  /** The points, instead of `points`, `texts` and `indexes`, if all of them came in blocks that can be stored as they are. */
  readonly blocks?: readonly PointBlock[];
  readonly points: PackedPoint[];
  readonly texts: (string | null)[];
  /** The index of each point in the request. */
  readonly indexes: number[];
}
