import { ApiError, refusal } from '../common/errors';
import type { Overflow } from '../points/metadata';
import { toProblems, type Admitted, type OpenSource, type Part, type Refused } from './batch-admission';
import { Fault, type Misfit } from './point-check';

/**
 * A request without the points that have no room for their metadata: where they may be left out they become its problems,
 * else the request is refused as a whole.
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
  const misfits: Misfit[] = [];
  const kept = new Map<OpenSource, Part>();
  for (const [source, part] of parts) {
    const beyond = sentences.get(part) ?? new Map<number, string>();
    for (const [place, sentence] of beyond)
      misfits.push({ index: part.indexes[place] as number, fault: new Fault(['metadata'], sentence) });
    if (beyond.size < part.points.length) kept.set(source, beyond.size === 0 ? part : without(part, beyond));
  }
  misfits.sort((one, other) => one.index - other.index);
  if (request.partial) return { request, parts: kept, problems: [...problems, ...misfits] };
  const details = toProblems(misfits, request.pathOf);
  const [{ path, message }] = details;
  const sentenceTellsAll = misfits.length === 1 && path.length <= 2;
  return { cause: new ApiError(refusal(409, 'metadata_limit_reached', message), sentenceTellsAll ? {} : { details }) };
}

function without(part: Part, places: ReadonlyMap<number, unknown>): Part {
  const isKept = (_value: unknown, place: number) => !places.has(place);
  return {
    points: part.points.filter(isKept),
    texts: part.texts.filter(isKept),
    indexes: part.indexes.filter(isKept),
  };
}
