import { ValidationError, problemOf, type Refusal } from '../common/errors';
import * as errors from './query.errors';
import type { QueryBody } from './query.dto';

/** The end of the time range in which points are accepted. */
export const END_OF_TIME = 253_402_300_800_000;

/** A query whose filters are present. */
export type QueryRequest = Omit<QueryBody, 'filters'> & { readonly filters: NonNullable<QueryBody['filters']> };

/** @throws ValidationError for options that exclude each other */
export function refuseContradictions({ filters, groupBy, aggregation, fill = 'none' }: QueryRequest): void {
  const { startTime = 0, endTime = END_OF_TIME, dataSourceId, dataSourceIds, cursor } = filters;
  if (dataSourceId !== undefined && dataSourceIds)
    throw refused(errors.SOURCES_TWICE, ['body', 'filters', 'dataSourceIds']);
  if (startTime >= endTime) throw refused(errors.TIMES_REVERSED, ['body', 'filters', 'startTime']);
  if (fill !== 'none' && groupBy === undefined) throw refused(errors.FILL_NEEDS_GROUPS, ['body', 'fill']);
  if (cursor !== undefined && (groupBy !== undefined || aggregation !== undefined))
    throw refused(errors.CURSOR_WITH_GROUPS, ['body', 'filters', 'cursor']);
}

/** The error for one field of the body. */
export function refused(refusal: Refusal, path: readonly string[], field = ''): ValidationError {
  return new ValidationError([problemOf(refusal, path, { field })]);
}
