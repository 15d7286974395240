import { ApiError, type Problem } from '../common/errors';
import type { Schema } from '../sources/schema';
import type { ImportRecord } from './import-file';
import { compileCheck, pointReader, type SentPoint } from './point-check';
import { PointError } from './point-error';

/** The file reader has already converted numeric times to milliseconds. */
const READ_MILLIS = { precision: 'ms', leastMillis: 0 } as const;

/** What the records of a batch are checked for. */
export interface RecordChecks {
  /** The data source of all records. Undefined: each has its own. */
  readonly sourceId: string | undefined;
  readonly schema: Schema;
  readonly skipsBad: boolean;
}

/** The problem of a record of a batch. */
export interface InvalidRecord {
  readonly index: number;
  readonly message: string;
  /** Set if a client can act on it. */
  readonly code?: string | undefined;
}

/**
 * Checks records without the database. With `skipsBad`, values are not checked here: ingest checks them and rejects invalid
 * points one by one.
 */
export function checkRecords(records: readonly ImportRecord[], { sourceId, schema, skipsBad }: RecordChecks) {
  const read = pointReader(Date.now(), null, READ_MILLIS);
  const check = compileCheck(schema);
  const points: SentPoint[] = [];
  const invalid: InvalidRecord[] = [];
  for (const [index, { point, problem }] of records.entries()) {
    const error = problem ?? missingTime(point);
    const sent = error ?? read(sourceId === undefined ? point : { ...point, dataSourceId: sourceId }, index);
    if (typeof sent === 'string') invalid.push({ index, message: sent });
    else {
      const checked = sent instanceof PointError || skipsBad ? sent : check(sent);
      if (checked instanceof PointError) invalid.push({ index, message: checked.message });
      else points.push(sent as SentPoint);
    }
  }
  return { points, invalid };
}

/** The first point in the details of an error. */
export function firstRejected(cause: unknown): InvalidRecord | undefined {
  if (!(cause instanceof ApiError)) return undefined;
  const { details } = cause.getResponse() as { details?: readonly Problem[] };
  const [first] = details ?? [];
  const index = first?.path[1];
  return first && typeof index === 'number' ? { index, message: first.message } : undefined;
}

/** Problems in the order of the file. */
export function inOrder(invalid: readonly InvalidRecord[]): InvalidRecord[] {
  return [...invalid].sort((one, other) => one.index - other.index);
}

/** A record needs a time: the current time as default would be wrong for historical data. */
function missingTime(point: object | undefined): string | undefined {
  const { timestamp } = (point ?? {}) as { timestamp?: unknown };
  return timestamp === undefined || timestamp === null ? 'It has no time' : undefined;
}
