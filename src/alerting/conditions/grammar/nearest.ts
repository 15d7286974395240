/** How much of a word may differ for it to be taken for a slip of the pen. */
const MAX_RATIO = 0.34;
const MAX_LENGTH = 64;

/** The candidates that are near enough to what was written to be meant, the nearest first. */
export function nearestOf<T>(
  written: string,
  candidates: readonly T[],
  textOf: (candidate: T) => string,
): readonly T[] {
  return nearestPairs(candidates, (candidate) => [written, textOf(candidate)]);
}

/** The same where each candidate is compared with a text of its own. */
export function nearestPairs<T>(
  candidates: readonly T[],
  pairOf: (candidate: T) => readonly [written: string, text: string],
): readonly T[] {
  return candidates
    .map((candidate) => ({ candidate, distance: distanceRatio(...pairOf(candidate)) }))
    .filter(({ distance }) => distance <= MAX_RATIO)
    .sort((one, other) => one.distance - other.distance)
    .map(({ candidate }) => candidate);
}

function distanceRatio(one: string, other: string): number {
  if (one === '') return 1;
  const longest = Math.max(one.length, other.length);
  // Of short words, most differ in one letter: only exchanged ones are a slip.
  if (longest < 4) return sortedLetters(one) === sortedLetters(other) ? 0 : 1;
  if (Math.abs(one.length - other.length) > MAX_RATIO * longest || longest > MAX_LENGTH) return 1;
  return distanceOf(one, other) / longest;
}

function sortedLetters(word: string): string {
  return [...word].sort().join('');
}

/** How many letters must be added, left out, replaced or exchanged with their neighbour to get from one text to the other. */
function distanceOf(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const next = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      let least = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const isExchanged =
        row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (isExchanged) least = Math.min(least, (before[column - 2] ?? 0) + 1);
      next.push(least);
    }
    before = last;
    last = next;
  }
  return last[other.length] ?? 0;
}
