import * as errors from './query.errors';
import { refused } from './query.errors';
import { limitOf, type AnswerFormat } from './answer-format';
import type { QueryBody } from './query.dto';

/** The end of the time range in which points are accepted. */
export const END_OF_TIME = 253_402_300_800_000;

/** A query whose filters are present. */
export type QueryRequest = Omit<QueryBody, 'filters' | 'format'> & {
  readonly filters: NonNullable<QueryBody['filters']>;
};

/** @throws ValidationError for options that exclude each other */
export function refuseContradictions(
  { filters, groupBy, aggregation, fill = 'none' }: QueryRequest,
  format: AnswerFormat,
): void {
  const { startTime = 0, endTime = END_OF_TIME, dataSourceId, dataSourceIds, cursor, limit = 1 } = filters;
  const isGrouped = groupBy !== undefined || aggregation !== undefined;
  const { max, refusal } = limitOf(format, isGrouped);
  if (limit > max) throw refused(refusal, ['body', 'filters', 'limit']);
  if (dataSourceId !== undefined && dataSourceIds)
    throw refused(errors.SOURCES_TWICE, ['body', 'filters', 'dataSourceIds']);
  if (startTime >= endTime) throw refused(errors.TIMES_REVERSED, ['body', 'filters', 'startTime']);
  if (fill !== 'none' && groupBy === undefined) throw refused(errors.FILL_NEEDS_GROUPS, ['body', 'fill']);
  if (cursor !== undefined && isGrouped) throw refused(errors.CURSOR_WITH_GROUPS, ['body', 'filters', 'cursor']);
}
