import type { FieldValue } from '../../ingest/line-protocol/point-parser';
import type { NamedSeries } from '../../ingest/line-protocol/written-lines';

/** A message as it arrived. */
export interface ArrivedMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly nowMillis: number;
  /** The payload as JSON, if it is parsed already. */
  readonly json?: JsonPayload;
  /** The points of its lines, if they are parsed already. */
  readonly lines?: MappedMessage;
}

/** A payload as JSON, or why it is not JSON. */
export type JsonPayload = { readonly value: unknown } | { readonly problem: string };

/** A point of a message. */
export interface MappedPoint {
  /** What names its data source, unless `dataSourceId` does. */
  readonly series: NamedSeries;
  readonly dataSourceId?: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970; undefined for the time of arrival. */
  readonly at?: number;
  /** Canonical JSON. */
  readonly metadata?: string | null;
}

/** Why a message cannot be stored. */
export interface Unusable {
  readonly fault: 'topic' | 'payload';
  readonly sentence: string;
}

/** The points of a message. There are none in a message that means no data. `problems` says what of it cannot be stored. */
export interface MappedMessage {
  readonly points: readonly MappedPoint[];
  readonly problems: readonly Unusable[];
}

/** The values of a point by field name. */
export type Values = Record<string, FieldValue>;

export const NO_DATA: MappedMessage = { points: [], problems: [] };

export function unusable(fault: Unusable['fault'], sentence: string): MappedMessage {
  return { points: [], problems: [{ fault, sentence }] };
}
