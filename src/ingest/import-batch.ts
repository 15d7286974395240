import { ApiError, type Problem } from '../common/errors';
import type { Schema } from '../sources/schema';
import type { ImportRecord } from './import-file';
import { compileCheck, PointError, pointReader, type SentPoint } from './point-check';

/** Times that are numbers are read by the unit of their file already. */
const READ_MILLIS = { precision: 'ms', leastMillis: 0 } as const;

/** What is wrong with a record of a batch. */
export interface Bad {
  readonly index: number;
  readonly message: string;
}

/**
 * Reads what can be read of some records without the database. Where bad ones are left out, their values are checked when they
 * are stored.
 */
export function judge(
  records: readonly ImportRecord[],
  { sourceId, schema, skipsBad }: { readonly sourceId: string; readonly schema: Schema; readonly skipsBad: boolean },
) {
  const read = pointReader(Date.now(), null, READ_MILLIS);
  const check = compileCheck(schema);
  const points: SentPoint[] = [];
  const bad: Bad[] = [];
  for (const [index, { point, problem }] of records.entries()) {
    const error = problem ?? missingTime(point);
    const sent = error ?? read({ ...point, dataSourceId: sourceId }, index);
    if (typeof sent === 'string') bad.push({ index, message: sent });
    else {
      const judged = sent instanceof PointError || skipsBad ? sent : check(sent);
      if (judged instanceof PointError) bad.push({ index, message: judged.message });
      else points.push(sent as SentPoint);
    }
  }
  return { points, bad };
}

/** The first point that a refusal names. */
export function firstRefused(cause: unknown): Bad | undefined {
  if (!(cause instanceof ApiError)) return undefined;
  const { details } = cause.getResponse() as { details?: readonly Problem[] };
  const [first] = details ?? [];
  const index = first?.path[1];
  return first && typeof index === 'number' ? { index, message: first.message } : undefined;
}

/** Problems in the order of the file. */
export function inOrder(bad: readonly Bad[]): Bad[] {
  return [...bad].sort((one, other) => one.index - other.index);
}

/** In a file, no point is one of now. */
function missingTime(point: object | undefined): string | undefined {
  const { timestamp } = (point ?? {}) as { timestamp?: unknown };
  return timestamp === undefined || timestamp === null ? 'It has no time' : undefined;
}
