import { ApiError, refusal } from '../common/errors';
import type { Numbered, Overflow } from '../points/metadata-numbering';
import { toProblems } from './rejected-points';
import type { BatchAdmission } from './batch-admission';
import type { Admitted, Refused } from './ingest-request';
import { nameOfCaller } from '../scheduling/caller';
import { callerOf } from './ingest-queue';
import type { OpenSource, Part } from './part';
import { PointError, type RejectedPoint } from './point-error';

/** A request with more new metadata than its transaction stores. It stores no points, and is queued again before others of its line. */
export class Unnumbered implements Refused {
  readonly cause = undefined;
}

/** The metadata texts of each request by data source; undefined for a rejected one. */
export function textsOf(checked: readonly (Admitted | Refused)[], admission: Pick<BatchAdmission, 'metadataOf'>) {
  return checked.map((one) => {
    if ('cause' in one) return undefined;
    const { line, partial } = one.request;
    const parts = [...one.parts].map(([source, part]) => [admission.metadataOf(source), part] as const);
    return { line, partial, parts };
  });
}

/** Rejects what exceeds a limit of metadata, and leaves the requests to a later transaction that are not numbered. */
export function withNumbers(
  checked: readonly (Admitted | Refused)[],
  { overflows, unfinished }: Numbered,
): (Admitted | Refused)[] {
  const unnumbered = new Set<string>();
  return checked.map((one, index) => {
    if ('cause' in one) return one;
    const caller = nameOfCaller(callerOf(one.request));
    const overflow = overflows[index] ?? [];
    if (overflow.length > 0 && !one.request.partial) return withoutOverflow(one, overflow);
    if (unfinished.has(index)) unnumbered.add(caller);
    // Points of a line are stored in the order of their requests.
    if (unnumbered.has(caller)) return new Unnumbered();
    return overflow.length === 0 ? one : withoutOverflow(one, overflow);
  });
}

/**
 * Removes the points whose new metadata exceeds a limit. In a partial request they become its problems; otherwise the whole
 * request is rejected.
 *
 * @param overflows at least one
 */
function withoutOverflow({ request, parts, problems }: Admitted, overflows: readonly Overflow[]): Admitted | Refused {
  const sentences = new Map<unknown, Map<number, string>>();
  for (const { part, index, sentence } of overflows)
    sentences.set(part, (sentences.get(part) ?? new Map<number, string>()).set(index, sentence));
  const rejected: RejectedPoint[] = [];
  const kept = new Map<OpenSource, Part>();
  for (const [source, part] of parts) {
    const overflowing = sentences.get(part) ?? new Map<number, string>();
    for (const [place, sentence] of overflowing)
      rejected.push({ index: part.indexes[place] as number, error: new PointError(['metadata'], sentence) });
    if (overflowing.size === 0) kept.set(source, part);
    else if (overflowing.size < part.points.length) kept.set(source, without(part, overflowing));
  }
  rejected.sort((one, other) => one.index - other.index);
  if (request.partial) return { request, parts: kept, problems: [...problems, ...rejected] };
  const details = toProblems(rejected, request.pathOf);
  const [{ path, message }] = details;
  const isFullyDescribed = rejected.length === 1 && path.length <= 2;
  return { cause: new ApiError(refusal(409, 'metadata_limit_reached', message), isFullyDescribed ? {} : { details }) };
}

function without(part: Part, places: ReadonlyMap<number, unknown>): Part {
  const isKept = (_value: unknown, place: number) => !places.has(place);
  return {
    points: part.points.filter(isKept),
    texts: part.texts.filter(isKept),
    indexes: part.indexes.filter(isKept),
  };
}
