import type { Appended } from '../points/point-store';
import type { PackedPoint } from '../points/values';
import type { IngestRequest } from './ingest-request';
import type { EarlyEvaluation } from './point-observer';
import type { RejectedPoint } from './point-error';

/** The result of a request. */
export interface Ingested extends Appended {
  /** The rejected points of a partial request. */
  readonly problems: readonly RejectedPoint[];
  /** The stored point of a request with a single point. */
  readonly only: { readonly source: number; readonly point: PackedPoint } | undefined;
}

/** What came of an evaluation of a request's points before the transaction. */
export interface EarlyResult {
  /** The schema of the source then, as it is stored. */
  readonly schemaText: string;
  /** How many points of the source were evaluated. */
  readonly points: number;
  /** Undefined if the points must be evaluated within the transaction. */
  readonly evaluation: EarlyEvaluation | undefined;
}

/** A request that waits for its commit. */
export interface WaitingRequest {
  readonly request: IngestRequest;
  readonly since: number;
  readonly resolve: (ingested: Ingested) => void;
  readonly reject: (cause: unknown) => void;
  /** How its points were evaluated before the transaction, by the id of the source. */
  readonly early?: ReadonlyMap<string, EarlyResult>;
  /** How often its points were evaluated before a transaction. */
  readonly tries?: number;
  /** How often its transaction was undone to give way to others. */
  readonly waysGiven?: number;
}

/** How often the transaction of a request gives way to quick ones. Repeated, it takes less time: its code and its data are in memory. */
export const MOST_WAYS_GIVEN = 2;

/** Whether the transaction of a request may be undone so that others are stored first. */
export function mayGiveWay({ waysGiven = 0 }: WaitingRequest): boolean {
  return waysGiven < MOST_WAYS_GIVEN;
}

export function afterGivingWay(waiting: WaitingRequest): WaitingRequest {
  return { ...waiting, waysGiven: (waiting.waysGiven ?? 0) + 1 };
}
