import { ApiError } from '../common/errors';
import { InfluxQLError } from '../influxql/influxql-error';
import type { Cell, Series } from '../influxql/answer';
import type { ShowEpoch } from './epochs';

/** A statement that is being run. Its series are read on demand, once. */
export interface StatementResult {
  readonly id: number;
  readonly series: AsyncIterable<Series>;
  readonly showTime: ShowEpoch;
}

/** The JSON of a row. */
export function rowText(row: readonly Cell[], { hasTime }: Series, showTime: ShowEpoch): string {
  let text = '[';
  for (let index = 0; index < row.length; index++) {
    const cell = row[index] as Cell;
    if (index > 0) text += ',';
    text += hasTime && index === 0 && typeof cell === 'number' ? showTime(cell) : cellText(cell);
  }
  return `${text}]`;
}

function cellText(cell: Cell): string {
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : 'null';
  return typeof cell === 'string' ? JSON.stringify(cell) : String(cell);
}

/**
 * What to say of a statement that failed, in its result. A failure that is not the statement's is thrown again.
 *
 * @throws what was thrown, unless it is an `InfluxQLError` or an `ApiError` for what the client sent
 */
export function messageOf(cause: unknown): string {
  if (cause instanceof InfluxQLError) return cause.message;
  if (cause instanceof ApiError && cause.getStatus() < 500) return cause.message;
  throw cause;
}
