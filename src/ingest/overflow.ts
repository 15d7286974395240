import { ApiError, refusal } from '../common/errors';
import type { Overflow } from '../points/metadata';
import { toProblems } from './rejected-points';
import type { Admitted, Refused } from './batch-admission';
import type { OpenSource, Part } from './part';
import { PointError, type RejectedPoint } from './point-check';

/**
 * Removes the points whose new metadata exceeds a limit. In a partial request they become its problems; otherwise the whole
 * request is rejected.
 *
 * @param overflows at least one
 */
export function withoutOverflow(
  { request, parts, problems }: Admitted,
  overflows: readonly Overflow[],
): Admitted | Refused {
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
