import type { Problem } from '../common/errors';
import type { RejectedPoint } from './point-error';

const MAX_DETAILS = 20;
/** Each hint compares a name with all fields of a schema. */
const MAX_HINTS = 5;

/**
 * The problems in a reply: the first 20, and all that have a code, because clients use the code to drop points. There is at
 * least one.
 */
export function toProblems(
  rejected: readonly RejectedPoint[],
  pathOf: (index: number) => Problem['path'],
): [Problem, ...Problem[]] {
  let others = 0;
  const reported = rejected.filter(({ error }) => error.code !== undefined || ++others <= MAX_DETAILS);
  const problemOf = ({ index, error }: RejectedPoint, place: number): Problem => ({
    path: [...pathOf(index), ...error.path],
    message: error.message,
    hint: place < MAX_HINTS ? error.hint : undefined,
    errorCode: error.errorCode,
    ...(error.code !== undefined && { code: error.code }),
  });
  return reported.map(problemOf) as [Problem, ...Problem[]];
}
